/**
 * Where packages are published by those whose names they bear: the index that pip uses anyway, and those that the
 * installation pages of PyTorch, PyG, JAX, NVIDIA and conda name.
 */
const KNOWN = [
  'https://pypi.org/simple',
  'https://pypi.python.org/simple',
  'https://files.pythonhosted.org/packages',
  'https://download.pytorch.org/whl',
  'https://data.pyg.org/whl',
  'https://storage.googleapis.com/jax-releases',
  'https://pypi.nvidia.com',
  'https://pypi.ngc.nvidia.com',
  'https://conda.anaconda.org',
  'https://repo.anaconda.com/pkgs',
];

export const isKnownIndex = (address: string): boolean =>
  KNOWN.some((known) => address === known || address.startsWith(`${known}/`)) && !/[\s@\\]|\.\./.test(address);
