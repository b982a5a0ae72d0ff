/** https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers, older names too. */
const WORDS: ReadonlySet<string> = new Set(
  `and or not in os_name sys_platform platform_machine platform_python_implementation platform_release platform_system
  platform_version python_version python_full_version implementation_name implementation_version extra extras
  dependency_groups os.name sys.platform platform.machine platform.version platform.python_implementation
  python_implementation`.split(/\s+/),
);
const TOKEN = / |[()]|===?|[<>!~]=|[<>]|'[\w .+-]*'|"[\w .+-]*"|([A-Za-z_.]+)/y;

/** Whether what stands behind the semicolon of a requirement is a condition, and not a second command. */
export const isMarker = (text: string): boolean => {
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null || (match[1] !== undefined && !WORDS.has(match[1]))) return false;
  }
  return true;
};
