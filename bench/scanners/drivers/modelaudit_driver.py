from modelaudit.core import scan_model_directory_or_file

from driver import run


def scan(path: str) -> str:
    result = scan_model_directory_or_file(path, cache_enabled=False)
    severities = {issue.severity.value for issue in result.issues}
    if "critical" in severities:
        return "flagged"
    if "warning" in severities:
        return "suspicious"
    if not result.success:
        return "failed"
    return "clean" if result.files_scanned > 0 else "not scanned"


run(scan)
