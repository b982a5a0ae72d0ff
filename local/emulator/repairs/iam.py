"""IAM, as enforced when the emulator is started with AUTH=true: the condition keys that our policies use."""

import contextvars
import json
from urllib.parse import parse_qsl, unquote

import ministack.app as app
import ministack.core.iam_actions as actions
import ministack.core.iam_evaluator as evaluator
import ministack.services.dynamodb as dynamodb
import ministack.services.iam as iam
import ministack.services.s3 as s3

from .repair import instead_of, repair

request = contextvars.ContextVar("request", default=None)


@repair
def iam_sees_requests_as_encrypted():
    """aws:SecureTransport is true. The gateway speaks plain HTTP on the loopback interface, so without this every
    bucket that demands TLS refuses every request, the CDK asset bucket first."""

    @instead_of(evaluator, "_resolve_condition_key")
    def resolve(original, key, context):
        return "true" if key.lower() == "aws:securetransport" else original(key, context)


@repair
def iam_names_the_role_behind_a_session():
    """aws:PrincipalArn of an assumed role is the role's ARN, not the session's."""

    @instead_of(evaluator, "_resolve_condition_key")
    def resolve(original, key, context):
        value = original(key, context)
        if key.lower() != "aws:principalarn" or ":assumed-role/" not in str(value):
            return value
        name = value.split(":assumed-role/")[1].split("/")[0]
        role = iam._roles.get_scoped(context.principal_account, None, name) or {}
        return role.get("Arn") or f"arn:aws:iam::{context.principal_account}:role/{name}"


@repair
def iam_knows_what_a_request_carries():
    """Condition keys from the request itself: s3:ExistingObjectTag and s3:RequestObjectTag for reads, writes and
    tagging, s3:if-none-match, kms:SigningAlgorithm, kms:MessageType, kms:EncryptionContext, events:source,
    events:detail-type and dynamodb:LeadingKeys of items that are named one by one."""

    @instead_of(app, "_dispatch_service_request")
    async def dispatch(original, method, path, headers, body, query, *rest):
        token = request.set((headers, body, query))
        try:
            return await original(method, path, headers, body, query, *rest)
        finally:
            request.reset(token)

    @instead_of(evaluator, "enforce")
    def enforce(original, key, action, service, region, resource_arn="*", service_context=None):
        context = {**(service_context or {}), **_condition_keys(service, action, resource_arn)}
        return original(key, action, service, region, resource_arn=resource_arn, service_context=context)


def _condition_keys(service, action, resource_arn):
    if request.get() is None:
        return {}
    headers, body, query = request.get()
    if service == "s3":
        return _s3_keys(action, resource_arn, headers, body, query)
    try:
        asked = json.loads(body or b"{}")
    except ValueError:
        return {}
    if service == "kms":
        named = {"kms:SigningAlgorithm": asked.get("SigningAlgorithm"), "kms:MessageType": asked.get("MessageType")}
        for name, value in (asked.get("EncryptionContext") or {}).items():
            named[f"kms:EncryptionContext:{name}"] = value
        return {name: value for name, value in named.items() if value}
    if action == "events:PutEvents":
        entries = asked.get("Entries", [])
        return {
            "events:source": _one_or_all(entry.get("Source") for entry in entries),
            "events:detail-type": _one_or_all(entry.get("DetailType") for entry in entries),
        }
    if service == "dynamodb":
        leading = _leading_keys(asked)
        return {"dynamodb:LeadingKeys": leading} if leading else {}
    return {}


def _leading_keys(asked):
    named = [asked, *(part for item in asked.get("TransactItems") or [] for part in item.values())]
    found = []
    for part in named:
        table = dynamodb._tables.get(part.get("TableName") or "") or {}
        key = (part.get("Item") or part.get("Key") or {}).get(table.get("pk_name"))
        if key:
            found.append(str(next(iter(key.values()))))
    return found


def _one_or_all(values):
    distinct = sorted({str(value) for value in values})
    return distinct[0] if len(distinct) == 1 else distinct


def _s3_keys(action, resource_arn, headers, body, query):
    bucket, _, key = resource_arn.removeprefix("arn:aws:s3:::").partition("/")
    if not key:
        return {}
    keys = {f"s3:RequestObjectTag/{name}": value for name, value in _request_tags(action, headers, body).items()}
    if keys:
        keys["s3:RequestObjectTagKeys"] = [name.split("/", 1)[1] for name in keys]
    if headers.get("if-none-match"):
        keys["s3:if-none-match"] = headers["if-none-match"]
    if action != "s3:PutObject":
        existing = s3.object_tags_for_condition(bucket, key, _version_of(resource_arn, headers, query))
        keys.update({f"s3:ExistingObjectTag/{name}": value for name, value in existing.items()})
    return keys


def _request_tags(action, headers, body):
    if action in ("s3:PutObjectTagging", "s3:PutObjectVersionTagging") and not headers.get("x-amz-tagging"):
        return s3._parse_tags_xml(body)
    if action in ("s3:PutObject", "s3:PutObjectTagging"):
        return dict(parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True))
    return {}


def _version_of(resource_arn, headers, query):
    """Which version the check is about: the source's for the object that a copy reads, else the request's own."""
    source, _, version = unquote(headers.get("x-amz-copy-source", "")).lstrip("/").partition("?versionId=")
    if source and resource_arn == f"arn:aws:s3:::{source}":
        return {"versionId": [version]} if version else {}
    return query


@repair
def iam_names_the_path_of_parameters():
    """Reading parameters by their path is asked for that path, not for all of Systems Manager."""

    @instead_of(actions, "extract_resource_arn")
    def resource(original, service, method, path, headers, body, *args, **kwargs):
        found = original(service, method, path, headers, body, *args, **kwargs)
        if service != "ssm" or found != "*" or not _target(headers).endswith(".GetParametersByPath"):
            return found
        # The account and the region as the emulator spells them for a parameter that is named.
        named = json.dumps({"Name": json.loads(body).get("Path") or "/"}).encode()
        return original(service, method, path, headers, named, *args, **kwargs)


@repair
def iam_tells_the_acts_on_an_alias_apart():
    """Reading, moving and deleting one alias of a function are actions of their own, not lambda:ListAliases."""

    @instead_of(actions, "_lambda_action")
    def action(original, method, path):
        on_alias = {"GET": "GetAlias", "PUT": "UpdateAlias", "DELETE": "DeleteAlias"}
        below = path.partition("/functions/")[2].strip("/").split("/")
        return on_alias.get(method) if below[1:2] == ["aliases"] and len(below) > 2 else original(method, path)


def _target(headers):
    return headers.get("x-amz-target") or headers.get("X-Amz-Target") or ""


@repair
def iam_demands_the_right_to_tag():
    """PutObject with tags needs s3:PutObjectTagging besides s3:PutObject."""

    @instead_of(actions, "s3_additional_checks")
    def checks(original, method, path, headers, body, query):
        found = original(method, path, headers, body, query)
        if method in ("PUT", "POST") and headers.get("x-amz-tagging") and path.strip("/").count("/") > 0:
            found = [*found, ("s3:PutObjectTagging", f"arn:aws:s3:::{path.lstrip('/')}")]
        return found


@repair
def iam_hides_what_is_missing_from_who_may_not_list():
    """Reading an object that is not there is refused, and no NoSuchKey, to whoever lacks s3:ListBucket. An upload in
    parts is no object yet, and who may look into it is another question."""

    @instead_of(actions, "s3_additional_checks")
    def checks(original, method, path, headers, body, query):
        found = original(method, path, headers, body, query)
        bucket, _, key = path.lstrip("/").partition("/")
        if method in ("GET", "HEAD") and key and "uploadId" not in query and not _stands(bucket, key, query):
            found = [*found, ("s3:ListBucket", f"arn:aws:s3:::{bucket}")]
        return found


def _stands(bucket, key, query):
    version = (query.get("versionId") or [""])[0]
    if version:
        return any(known["version_id"] == version for known in s3._object_versions.get((bucket, key), []))
    return key in (s3._buckets.get(bucket) or {"objects": {}})["objects"]
