import type { EnvContract, EnvValues } from '../../core/kernel/contract.ts';

/** Reads a function's environment by its contract, once, at start. @throws naming every variable that is wrong */
export const readEnv = <Contract extends EnvContract>({ env }: { env: Contract }): EnvValues<Contract> => {
  const problems: string[] = [];
  const values = Object.fromEntries(
    Object.entries(env.shape).map(([name, schema]) => {
      const parsed = schema.safeParse(process.env[name]);
      if (!parsed.success) problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join(', ')}`);
      return [name, parsed.data];
    }),
  );
  if (problems.length > 0) throw new Error(`environment is not what the contract says: ${problems.join('; ')}`);
  return values as EnvValues<Contract>;
};
