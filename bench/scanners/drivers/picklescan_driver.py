import os
import sys

from picklescan import scanner

from driver import run

# Those that its command looks into in a folder, and .npy, which it understands when asked about the file.
LOOKED_INTO = (
    scanner._zip_file_extensions | scanner._pickle_file_extensions | scanner._pytorch_file_extensions
    | scanner._numpy_file_extensions
)
STRICT = "--strict" in sys.argv


def scan(path: str) -> str:
    if os.path.splitext(path)[1] not in LOOKED_INTO:
        return "not scanned"
    result = scanner.scan_file_path(path, strict=STRICT)
    if result.issues_count > 0:
        return "flagged"
    if result.scan_err:
        return "failed"
    if result.scanned_files == 0:
        return "not scanned"
    return "suspicious" if result.suspicious_count > 0 else "clean"


run(scan)
