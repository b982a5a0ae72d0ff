/**
 * Names that nobody puts into a model by accident. Everything outside the allowlist is refused anyway: this only says
 * which refusals are certain to be an attack. A whole module, with everything under it:
 */
const MODULES = `
os posix nt posixpath ntpath subprocess _posixsubprocess popen2 commands pty tty fcntl signal resource
sys _frozen_importlib _frozen_importlib_external _imp importlib imp pkgutil runpy zipimport zipapp site sitecustomize usercustomize
pip setuptools pkg_resources ensurepip venv distutils pyclbr py_compile compileall
builtins __builtin__ __builtins__ code codeop ast inspect dis gc types marshal copy_reg copyreg
pickle _pickle cPickle dill cloudpickle jsonpickle shelve dbm
ctypes _ctypes cffi _cffi_backend mmap
pdb bdb cProfile profile _lsprof timeit trace tracemalloc doctest unittest test nose pytest _pytest
idlelib lib2to3 pydoc pydoc_data _pyrepl rlcompleter readline cmd
asyncio concurrent multiprocessing threading _thread _threading_local _interpreters _xxsubinterpreters
_xxinterpchannels interpreters queue sched atexit
io _io _pyio open tempfile shutil zipfile tarfile gzip bz2 lzma fileinput glob linecache filecmp
socket _socket socketserver ssl _ssl select selectors asyncore asynchat
urllib urllib2 urllib3 http httplib httplib2 httpx requests aiohttp ftplib smtplib smtpd imaplib poplib nntplib telnetlib
xmlrpc webbrowser antigravity this turtle tkinter _tkinter curses
sqlite3 _sqlite3 pymysql psycopg2 paramiko fabric invoke sh plumbum pexpect ptyprocess
operator _operator functools _functools itertools contextlib weakref _weakref
uuid _uuid platform getpass _osx_support _aix_support sysconfig nturl2path winreg _winapi msvcrt
logging.config logging.handlers configparser
numpy.testing numpy.f2py numpy.distutils numpy.ctypeslib numpy.lib.npyio numpy.lib._npyio_impl numpy.lib.format
numpy.lib.utils numpy.compat
scipy.io scipy.weave scipy.stats._distn_infrastructure
pandas.io pandas.core.computation pandas.compat pandas.util
joblib.memory joblib.externals joblib.parallel joblib.func_inspect joblib.numpy_pickle_compat
sklearn.callback sklearn.utils.parallel sklearn.datasets sklearn.externals
torch.hub torch.jit torch.package torch.distributed torch.utils torch.fx torch.multiprocessing torch.serialization
torch._inductor torch._dynamo torch._jit_internal torch._export torch.export torch.onnx torch.testing torch.ao
torch.cpp_extension torch.storage torch.library torch.compiler torch._classes torch._ops torch.backends
transformers huggingface_hub fastai keras tensorflow tf_keras jax.experimental mlflow xgboost.training
fickling picklescan modelscan modelaudit
IPython ipykernel jupyter_client nbformat win32com win32api pythoncom pywintypes psutil
`;

/** One name of a module that is otherwise merely unknown, or partly allowed. */
const NAMES = `
_codecs: decode lookup register
codecs: decode open lookup register EncodedFile
collections: abc namedtuple _sys
logging: FileHandler Handler StreamHandler basicConfig
numpy: load save savez loadtxt savetxt fromfile genfromtxt memmap fromregex frompyfunc vectorize apply_along_axis
  apply_over_axes fromfunction piecewise open_memmap DataSource info who source
joblib: load dump Memory Parallel delayed wrap_non_picklable_objects
joblib.numpy_pickle: load dump NumpyUnpickler read_zfile _unpickle
pandas: eval read_pickle read_csv read_json read_sql read_html read_excel read_parquet read_hdf read_feather to_pickle
torch: load save compile classes ops from_file
decimal: _sys
datetime: sys
uuid: os
types: FunctionType CodeType MethodType LambdaType ModuleType
argparse: ArgumentParser FileType
pathlib: os
bdb: Bdb
`;

import { pairsOf, qualified } from './source.ts';

const modules = new Set(MODULES.trim().split(/\s+/));
const names = new Set(pairsOf(NAMES).map(([module, name]) => qualified(module, name)));

export const DANGEROUS_WORDS: readonly string[] = [...modules, ...pairsOf(NAMES).flat()];

/** The module or a package that it is in. */
const within = (module: string): boolean => {
  for (let end = module.length; end !== -1; end = module.lastIndexOf('.', end - 1)) {
    if (modules.has(module.slice(0, end))) return true;
    if (end === 0) return false;
  }
  return false;
};

/** Only for names that are not allowed. */
export const isDangerous = (module: string, name: string): boolean =>
  within(module) || names.has(qualified(module, name.split('.')[0] ?? ''));
