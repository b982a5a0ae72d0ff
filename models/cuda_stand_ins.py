"""Builds stand-ins for the CUDA libraries that PyTorch is linked against, so that it loads on a machine without them.

The PyTorch that pip installs is the CUDA build: without gigabytes of NVIDIA packages it does not even import. We train
on the CPU and call none of them, so each becomes a library whose functions all answer "no device". Run once after
`pip install --no-deps torch==2.6.0`, in a throw-away virtual environment. Linux; needs cc, nm and readelf.
"""

import importlib.util
import pathlib
import re
import subprocess
import tempfile

CUDA_ERROR_NO_DEVICE = 100
CUDA_LIBRARY = r"NEEDED.*\[(lib(?:cu|nv|nccl)\S+)\]"
CUDA_FUNCTION = r" U ((?:__)?(?:cu|nccl|nv)\w+)"


def torch_libraries() -> pathlib.Path:
    """Finds the package without importing it: that is what does not work yet."""
    return pathlib.Path(importlib.util.find_spec("torch").submodule_search_locations[0]) / "lib"


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def build(library: pathlib.Path, source: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".map") as versions:
        # NVIDIA's symbols carry the library's name as their version; a library without versions aborts the loader.
        versions.write(f"{library.name} {{ global: *; }};")
        versions.flush()
        link = [f"-Wl,-soname,{library.name}", f"-Wl,--version-script,{versions.name}"]
        command = ["cc", "-shared", "-fPIC", "-w", "-x", "c", "-", *link, "-o", str(library)]
        subprocess.run(command, input=source, text=True, check=True)


def main() -> None:
    folder = torch_libraries()
    needed, functions = set(), set()
    for library in folder.glob("lib*.so"):
        needed.update(re.findall(CUDA_LIBRARY, output_of("readelf", "-d", str(library))))
        functions.update(re.findall(CUDA_FUNCTION, output_of("nm", "-D", "--undefined-only", str(library))))
    source = "\n".join(f"int {name}(void) {{ return {CUDA_ERROR_NO_DEVICE}; }}" for name in sorted(functions))
    for name in sorted(needed):
        build(folder / name, source)
        print(f"stand-in for {name}")


if __name__ == "__main__":
    main()
