const REQUIREMENTS =
  /(?:^|\/)(?:[\w.-]*requirements?[\w.-]*|constraints?[\w.-]*)\.(?:txt|in|lock)$|(?:^|\/)requirements\/[\w.-]+\.txt$/i;

/** Files that pip is told to install from, by their names. */
export const isRequirementFile = (name: string): boolean => REQUIREMENTS.test(name);
