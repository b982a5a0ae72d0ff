import { type Rule, suspicious } from './rule.ts';

const REVOKE =
  'Revoke it where it was issued: whoever had the file has it. Then take it out, and read it from the environment or a secret store.';

/** Hard-coded credentials. A finding names their kind and place, and never shows them. */
export const CREDENTIAL_RULES = {
  'credentials.token': suspicious('Whoever gets the model gets the access that this token gives.', REVOKE),
  'credentials.private-key': suspicious('Whoever gets the model can act as the owner of this key.', REVOKE),
  'credentials.address': suspicious('The address carries a password for whoever reads it.', REVOKE),
  'credentials.password': suspicious('Whoever gets the model gets the access that this password gives.', REVOKE),
} satisfies Record<string, Rule>;
