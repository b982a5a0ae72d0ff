"""IAM, as enforced when the emulator is started with AUTH=true."""

import ministack.core.iam_evaluator as evaluator

from .repair import instead_of, repair


@repair
def iam_sees_requests_as_encrypted():
    """aws:SecureTransport is true. The gateway speaks plain HTTP on the loopback interface, so without this every
    bucket that demands TLS refuses every request, the CDK asset bucket first."""

    @instead_of(evaluator, "_resolve_condition_key")
    def resolve(original, key, context):
        return "true" if key.lower() == "aws:securetransport" else original(key, context)
