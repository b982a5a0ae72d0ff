/** The AWS CLI also reads the second name; the SDK for JavaScript does not. */
export const regionIn = (env: NodeJS.ProcessEnv): { region?: string } => {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return region ? { region } : {};
};
