"""KMS."""

import base64

import ministack.services.kms as kms

from .repair import instead_of, repair

RAW_LIMIT = 4096


@repair
def kms_refuses_to_sign_long_messages():
    """Sign with MessageType RAW takes at most 4096 bytes; anything longer must be sent as its digest."""

    @instead_of(kms, "_sign")
    def sign(original, data):
        message = base64.b64decode(data.get("Message", ""))
        if data.get("MessageType", "RAW") == "RAW" and len(message) > RAW_LIMIT:
            problem = f"Value at 'message' failed to satisfy constraint: length at most {RAW_LIMIT}"
            return kms.error_response_json("ValidationException", f"1 validation error detected: {problem}", 400)
        return original(data)
