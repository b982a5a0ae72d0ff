"""CloudFormation: properties that the emulator's provisioners drop and types that they refuse."""

import hashlib

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudwatch as cloudwatch
import ministack.services.dynamodb as dynamodb
import ministack.services.s3 as s3
from ministack.core.responses import get_account_id, get_region

from .repair import instead_of, repair

# Accepted and inert: what they do is asserted on the template.
INERT_TYPES = (
    "AWS::CloudTrail::Trail",
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::OIDCProvider",
    "AWS::Logs::QueryDefinition",
    "AWS::XRay::Group",
)


def _is_true(value):
    return str(value).lower() == "true"


@repair
def stacks_configure_buckets():
    """Bucket properties take effect: Object Lock with its default retention, encryption, lifecycle and tags."""

    @instead_of(provisioners, "_s3_apply_configurations")
    def apply(original, name, properties, old_properties=None):
        original(name, properties, old_properties)
        retention = ((properties.get("ObjectLockConfiguration") or {}).get("Rule") or {}).get("DefaultRetention")
        if _is_true(properties.get("ObjectLockEnabled")) or retention:
            s3._bucket_object_lock[name] = {"enabled": True, "default_retention": _with_numbers(retention)}
        if properties.get("BucketEncryption"):
            s3._put_bucket_encryption(name, _encryption_xml(properties["BucketEncryption"]))
        if properties.get("LifecycleConfiguration"):
            rules = properties["LifecycleConfiguration"].get("Rules") or []
            s3._bucket_lifecycle[name] = [_lifecycle_rule(index, rule) for index, rule in enumerate(rules)]
        if properties.get("Tags"):
            s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in properties["Tags"]}


def _with_numbers(retention):
    return retention and {key: value if key == "Mode" else int(value) for key, value in retention.items()}


def _encryption_xml(encryption):
    rules = []
    for rule in encryption.get("ServerSideEncryptionConfiguration") or []:
        default = rule.get("ServerSideEncryptionByDefault") or {}
        # Without a key, aws:kms means the account's own key for S3.
        key = default.get("KMSMasterKeyID") or ("alias/aws/s3" if default.get("SSEAlgorithm") == "aws:kms" else None)
        rules.append(
            "<Rule><ApplyServerSideEncryptionByDefault>"
            f"<SSEAlgorithm>{default.get('SSEAlgorithm')}</SSEAlgorithm>"
            + (f"<KMSMasterKeyID>{key}</KMSMasterKeyID>" if key else "")
            + "</ApplyServerSideEncryptionByDefault>"
            f"<BucketKeyEnabled>{str(_is_true(rule.get('BucketKeyEnabled'))).lower()}</BucketKeyEnabled></Rule>"
        )
    body = "".join(rules)
    return f'<ServerSideEncryptionConfiguration xmlns="{s3.S3_NS}">{body}</ServerSideEncryptionConfiguration>'.encode()


def _lifecycle_rule(index, rule):
    made = {"ID": rule.get("Id", f"rule{index}"), "Status": rule["Status"]}
    made["Filter"] = {"Prefix": rule.get("Prefix", "")}
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "NoncurrentVersionExpiration" in rule:
        days = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(days)}
    if "AbortIncompleteMultipartUpload" in rule:
        days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": int(days)}
    if "Transitions" in rule:
        made["Transitions"] = [
            {"StorageClass": move["StorageClass"], "Days": int(move.get("TransitionInDays", 0))}
            for move in rule["Transitions"]
        ]
    return made


@repair
def stacks_configure_tables():
    """Table properties take effect: time to live, point-in-time recovery and encryption with a customer's key."""
    for kind in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        handlers = provisioners._RESOURCE_HANDLERS[kind]

        def create(logical_id, properties, stack, original=handlers["create"]):
            made = original(logical_id, properties, stack)
            _configure_table(made[0], properties)
            return made

        handlers["create"] = create


def _configure_table(name, properties):
    replica = (properties.get("Replicas") or [{}])[0]
    live = properties.get("TimeToLiveSpecification") or {}
    if _is_true(live.get("Enabled")):
        dynamodb._ttl_settings[name] = {"TimeToLiveStatus": "ENABLED", "AttributeName": live["AttributeName"]}
    recovery = properties.get("PointInTimeRecoverySpecification") or replica.get("PointInTimeRecoverySpecification")
    dynamodb._pitr_settings[name] = _is_true((recovery or {}).get("PointInTimeRecoveryEnabled"))
    encryption = properties.get("SSESpecification") or {}
    if _is_true(encryption.get("SSEEnabled")):
        key = encryption.get("KMSMasterKeyId") or (replica.get("SSESpecification") or {}).get("KMSMasterKeyId", "")
        description = {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}
        dynamodb._tables[name]["SSEDescription"] = description


def _generated_name(stack, logical_id):
    return f"{stack}-{logical_id}-{hashlib.sha256(f'{stack}/{logical_id}'.encode()).hexdigest()[:12].upper()}"


def _register(kind, create, delete=lambda physical_id, properties: None):
    def update(physical_id, old, new, stack, logical_id):
        return create(logical_id, new, stack)

    handlers = {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}
    provisioners._RESOURCE_HANDLERS[kind] = handlers


@repair
def stacks_create_composite_alarms():
    """AWS::CloudWatch::CompositeAlarm; the emulator refuses the whole stack."""

    def create(logical_id, properties, stack):
        name = properties.get("AlarmName") or _generated_name(stack, logical_id)
        answer = cloudwatch._put_composite_alarm({}, {**properties, "AlarmName": name}, False, True)
        if answer[0] != 200:
            raise ValueError(answer[2])
        return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}

    _register("AWS::CloudWatch::CompositeAlarm", create, lambda name, _: cloudwatch._composite_alarms.pop(name, None))


@repair
def stacks_accept_inert_types():
    """Types that the flight's template may hold and the emulator refuses; they do nothing here."""
    for kind in INERT_TYPES:
        if kind not in provisioners._RESOURCE_HANDLERS:
            _register(kind, _inert(kind))


def _inert(kind):
    service, what = kind.lower().split("::")[1:]

    def create(logical_id, properties, stack):
        if kind == "AWS::IAM::OIDCProvider":
            # A trust policy names it by what Ref gives.
            arn = f"arn:aws:iam::{get_account_id()}:oidc-provider/{properties['Url'].removeprefix('https://')}"
            return arn, {"Arn": arn}
        name = properties.get("Name") or properties.get("StatementId") or _generated_name(stack, logical_id)
        arn = f"arn:aws:{service}:{get_region()}:{get_account_id()}:{what}/{name}"
        return name, {"Arn": arn, "Id": name, "Name": name}

    return create
