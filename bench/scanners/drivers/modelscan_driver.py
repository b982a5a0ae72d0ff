from modelscan.modelscan import ModelScan

from driver import run

scanner = ModelScan()


def scan(path: str) -> str:
    result = scanner.scan(path)
    summary = result["summary"]
    if summary["total_issues"] > 0:
        return "flagged"
    if result["errors"]:
        return "failed"
    return "clean" if summary["scanned"]["total_scanned"] > 0 else "not scanned"


run(scan)
