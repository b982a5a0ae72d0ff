import os
import zipfile

from fickling.analysis import Severity
from fickling.loader import scan_file, scan_zip_archive

from driver import run

# As its own scan of repositories chooses: pickles by their names, and members of archives.
RAW = {".pkl", ".pickle", ".bin", ".pt", ".pth", ".ckpt", ".joblib", ".dat", ".data", ".dill"}


def scan(path: str) -> str:
    if zipfile.is_zipfile(path):
        results = list(scan_zip_archive(path, graceful=True).values())
    elif os.path.splitext(path)[1] in RAW:
        results = [scan_file(path, graceful=True)]
    else:
        return "not scanned"
    if not results:
        return "not scanned"
    if any(result.severity >= Severity.LIKELY_UNSAFE for result in results):
        return "flagged"
    if any(result.errors for result in results):
        return "failed"
    return "clean" if all(result.is_safe for result in results) else "suspicious"


run(scan)
