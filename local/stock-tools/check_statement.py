"""Reads a statement of ours with the reference libraries of in-toto and of DSSE, and says what it is."""

import json
import sys
from base64 import b64decode

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

PREDICATES = {
    "https://slsa.dev/provenance/v1": provenance_pb2.Provenance,
    "https://in-toto.io/attestation/test-result/v0.1": test_result_pb2.TestResult,
}

bundle_file, key_file = sys.argv[1:]
with open(bundle_file, encoding="utf-8") as file:
    envelope = json.load(file)["dsseEnvelope"]
with open(key_file, "rb") as file:
    key = SSlibKey.from_crypto(load_pem_public_key(file.read()), keyid="given")
# DSSE has ids of keys as hints, and ours are empty; the library goes by them.
for signature in envelope["signatures"]:
    signature["keyid"] = key.keyid

Envelope.from_dict(envelope).verify([key], 1)
statement = json.loads(b64decode(envelope["payload"]))
Statement.copy_from_pb(ParseDict(statement, statement_pb2.Statement())).validate()
predicate = PREDICATES.get(statement["predicateType"])
if predicate is not None:
    # Readers pass over members that they do not know; those that they know have to be of their kind.
    ParseDict(statement["predicate"], predicate(), ignore_unknown_fields=True)
print("verified", statement["predicateType"], "read" if predicate is not None else "not known to the library")
