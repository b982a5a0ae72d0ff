"""Starts the emulator with our repairs.

Every repair is a function in repairs/<service>.py whose docstring names the AWS behaviour that it restores.
CLEARANCE_WITHOUT_PATCH (names separated by commas, or `all`) leaves repairs out; the probes use it.
"""

import os
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

SUPPORTED = "1.5.33"
KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "TMPDIR",
    "STATE_DIR",
    "S3_DATA_DIR",
    "GATEWAY_PORT",
    "AUTH",
    "CLEARANCE_RUN_TOKEN",
    "CLEARANCE_WITHOUT_PATCH",
)
SETTINGS = {
    "BIND_HOST": "127.0.0.1",
    # Either of these two would listen on every interface, whatever BIND_HOST says.
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "LAMBDA_EXECUTOR": "local",
    "LAMBDA_WARM_TTL_SECONDS": "60",
    "PERSIST_STATE": "1",
    "S3_PERSIST": "1",
    "NODE_OPTIONS": "--disable-warning=DEP0169",
    # What the real Lambda runtime sets.
    "TZ": "UTC",
    "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x",
}


def prepare_environment():
    """Lambda workers inherit this whole environment, so it holds only what the emulator needs."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if os.environ.get(name)}
    os.environ.clear()
    os.environ.update(kept, **SETTINGS)
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"
    time.tzset()


def main():
    if version("ministack") != SUPPORTED:
        sys.exit(f"The repairs were written for ministack {SUPPORTED}; {version('ministack')} is installed.")
    prepare_environment()
    sys.path.insert(0, str(Path(__file__).parent))
    import control
    from repairs import MODULES
    from repairs.repair import apply_repairs

    for module in MODULES:
        import_module(f"repairs.{module}")

    apply_repairs(os.environ.pop("CLEARANCE_WITHOUT_PATCH", ""))
    control.install(os.environ.pop("CLEARANCE_RUN_TOKEN", ""))
    from ministack.app import main as serve

    serve()


if __name__ == "__main__":
    main()
