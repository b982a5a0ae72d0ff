/** Something the person at the keyboard can put right: printed as its one sentence, without a stack. */
export class LocalAwsUnavailable extends Error {
  override readonly name = 'Local.AwsUnavailable' as const;
}
