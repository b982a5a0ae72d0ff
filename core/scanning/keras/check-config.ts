import type { RuleId } from '../rules.ts';
import type { StrictJson } from '../strict-json.ts';
import { isKerasClass, isKerasFunction, isPlainName, isTensorflowOperation, isUnsafe } from './names.ts';

type Config = Map<string, StrictJson>;
type Report = (rule: RuleId, what: string) => void;

const text = (value: StrictJson | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** Values that are written like objects. */
const VALUES: ReadonlySet<string> = new Set(
  `__keras_tensor__ __tensor__ __numpy__ __bytes__ __ellipsis__ __slice__ __tuple__ TensorShape CompositeTensor`.split(
    ' ',
  ),
);
const TYPE_SPECS: ReadonlySet<string> = new Set(
  `TensorSpec RaggedTensorSpec SparseTensorSpec tf.TensorSpec tf.RaggedTensorSpec tf.SparseTensorSpec`.split(' '),
);
const TYPE_SPEC_MODULE = /^tensorflow\.python\.(?:framework|ops)\.[a-z_.]+$/;

/** Parts of a Lambda layer that may be code. */
const LAMBDA_PARTS = ['function', 'output_shape', 'mask'];
/** Layers that call a function of TensorFlow. */
const OPERATION_LAYERS: ReadonlySet<string> = new Set(['TFOpLambda', 'SlicingOpLambda']);
/** An absolute path, one that climbs, or an address. */
const LEAVES = /^(?:[/\\~]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*:)|(?:^|[/\\])\.\.(?:[/\\]|$)|\$/;
/** How a registered class or function is named, package and name, and what may be given by such a name alone. */
const REGISTERED = /^[\w.-]+>[\w.]+$/;
const BY_NAME =
  /(?:activation|initializer|regularizer|constraint|loss|metrics|optimizer|policy|standardize|split|fn|function)$/;

const isPlain = (registered: string, name: StrictJson | undefined): boolean =>
  typeof name === 'string' && isPlainName(registered, name);

const shown = (module: string | undefined, name: string): string => (module === undefined ? name : `${module}.${name}`);

/** Walks a configuration: everything in it that Keras would make into an object or a function. */
class ConfigCheck {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Depth is bounded by the parser. @param key under which the value stands */
  value(value: StrictJson, key = ''): void {
    if (Array.isArray(value)) for (const each of value) this.value(each, key);
    else if (value instanceof Map) {
      if (value.has('class_name')) this.#object(value);
      for (const [name, each] of value) this.value(each, name);
    } else if (typeof value === 'string') this.#text(value, key);
  }

  #text(value: string, key: string): void {
    if (!BY_NAME.test(key) || !REGISTERED.test(value)) return;
    this.#report('keras.custom-object', `${key} is ${value}`);
  }

  #object(object: Config): void {
    const name = text(object.get('class_name'));
    if (name === undefined) {
      this.#report('keras.malformed', 'a class_name that is no text');
      return;
    }
    const config = object.get('config');
    if (name === '__lambda__') this.#report('keras.lambda', 'a lambda function');
    else if (name === '__typespec__' || name === 'TypeSpec') this.#typeSpec(object);
    else if (VALUES.has(name)) return;
    else if (name === 'function') this.#function(object);
    else if (name === 'Lambda') this.#lambda(object);
    else if (OPERATION_LAYERS.has(name)) this.#operation(name, config);
    else this.#class(object, name);
    if (config instanceof Map) this.#vocabulary(name, config.get('vocabulary'));
  }

  #typeSpec(object: Config): void {
    const name = text(object.get('spec_name')) ?? text(object.get('type_spec')) ?? '';
    const module = text(object.get('module'));
    if (!TYPE_SPECS.has(name) || (module !== undefined && !TYPE_SPEC_MODULE.test(module)))
      this.#unknown(module, name === '' ? 'TypeSpec' : name);
  }

  #function(object: Config): void {
    const name = text(object.get('config'));
    const module = text(object.get('module'));
    if (name === undefined) this.#report('keras.malformed', 'a function without a name');
    else if (!isKerasFunction(module, name)) this.#unknown(module, name);
    this.#registered(object, name);
  }

  #class(object: Config, name: string): void {
    const module = text(object.get('module'));
    if (!isKerasClass(module, name)) this.#unknown(module, name);
    this.#registered(object, name);
  }

  /** A registered name stands in for the class; for those of Keras it repeats the name. */
  #registered(object: Config, name: string | undefined): void {
    const registered = object.get('registered_name');
    if (registered === undefined || registered === null) return;
    if (typeof registered === 'string' && [name, object.get('class_name')].some((known) => isPlain(registered, known)))
      return;
    this.#report('keras.custom-object', `${name} is registered as ${String(registered)}`);
  }

  #unknown(module: string | undefined, name: string): void {
    this.#report(isUnsafe(module, name) ? 'keras.unsafe-object' : 'keras.custom-object', shown(module, name));
  }

  #lambda(object: Config): void {
    this.#registered(object, 'Lambda');
    const config = object.get('config');
    if (!(config instanceof Map)) {
      this.#report('keras.lambda', 'a Lambda layer');
      return;
    }
    for (const part of LAMBDA_PARTS) {
      const value = config.get(part);
      const isCode = Array.isArray(value) && value.some((each) => typeof each === 'string');
      if (isCode || config.get(`${part}_type`) === 'lambda') this.#report('keras.lambda', 'a Lambda layer');
      else if (typeof value === 'string') this.#report('keras.custom-object', `a Lambda layer of ${value}`);
    }
  }

  #operation(layer: string, config: StrictJson | undefined): void {
    const name = config instanceof Map ? text(config.get('function')) : undefined;
    if (name === undefined) this.#report('keras.malformed', `${layer} without a function`);
    else if (!isTensorflowOperation(name)) this.#report('keras.unsafe-object', `${layer} of tf.${name}`);
  }

  /** A list of words, unless it is where to read them from (CVE-2025-12058). */
  #vocabulary(layer: string, vocabulary: StrictJson | undefined): void {
    if (typeof vocabulary !== 'string') return;
    const rule = LEAVES.test(vocabulary) ? 'keras.external-path' : 'keras.external-file';
    this.#report(rule, `${layer} reads ${vocabulary}`);
  }
}

/** Holds everything that the configuration names against the names that Keras brings along. */
export const checkKerasConfig = (document: StrictJson, report: Report): void => new ConfigCheck(report).value(document);
