/** What templates of published models use; none of it reaches beyond the values that the template is given. */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const FUNCTIONS = words('raise_exception strftime_now range namespace dict caller');

export const METHODS = words(`
  append capitalize copy count endswith extend find get index insert isalnum isalpha isdigit isnumeric isspace islower
  isupper items join keys lower lstrip pop removeprefix removesuffix replace rfind rsplit rstrip split splitlines
  startswith strftime strip title update upper values zfill`);

export const FILTERS = words(`
  abs batch capitalize center count d default dictsort e escape first float forceescape from_json groupby indent int
  items join last length list lower map max min pprint reject rejectattr replace reverse round safe select selectattr
  slice sort string striptags sum title tojson trim truncate unique upper urlencode wordcount wordwrap`);

export const TESTS = words(`
  boolean callable containing defined eq equalto even false filter float ge gt in integer iterable le lower lt mapping
  ne none None null number odd sameas sequence startingwith string test true undefined upper`);

/** Their first argument names another filter, or a test. */
export const NAMES_FILTER = words('map');
export const NAMES_TEST = words('select reject');
/** Their arguments `attribute`, and the first of these filters, name an attribute; the second of them a test. */
export const NAMES_ATTRIBUTE = words('selectattr rejectattr groupby');

/** Objects that every Jinja environment brings along and that lead to its insides. */
export const FORBIDDEN_NAMES = words(`
  cycler joiner lipsum self url_for get_flashed_messages environment __builtins__ eval exec open compile getattr
  setattr globals locals vars import os sys subprocess`);

/** Attributes of Python's functions, frames, generators and strings that lead out of a template. */
export const FORBIDDEN_ATTRIBUTES = words(`
  mro func_globals func_code func_closure func_defaults im_func im_self im_class gi_frame gi_code gi_yieldfrom cr_frame
  cr_code ag_frame ag_code f_globals f_locals f_builtins f_back f_code tb_frame tb_next co_consts co_code format_map
  os popen system subprocess`);

/** Strings that no prompt needs as a value of an expression. */
export const DUNDER = /__[A-Za-z]\w*__/;

/** Filters whose result has only the strings that went in. */
export const PRESERVING = words(`
  d default list items dictsort sort reverse first last length count int float trim lower upper unique map select
  selectattr reject rejectattr abs round min max batch slice safe from_json`);
export const PRESERVING_METHODS = words(
  'get items keys values split splitlines strip lstrip rstrip pop copy lower upper count find index',
);
/** They put their arguments into the object. */
export const FILLING_METHODS = words('append insert extend update');
