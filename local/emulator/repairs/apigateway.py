"""API Gateway: HTTP APIs."""

import re

import ministack.app as app
import ministack.services.apigateway as apigateway
import ministack.services.cloudformation.provisioners as provisioners
from ministack.core.responses import get_region

from .repair import instead_of, repair


@repair
def http_apis_have_their_own_domain():
    """An HTTP API answers at <id>.execute-api.<region>.amazonaws.com, which a request names in its Host header, and
    that is the ApiEndpoint that a stack gets; the emulator knows its own host's name only."""
    app._EXECUTE_API_RE = re.compile(r"^([a-f0-9]{8})\.execute-api\.(?:[a-z0-9-]+\.amazonaws\.com|localhost(?::\d+)?)$")
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]

    @instead_of(provisioners, "_apigw_v2_api_create")
    def create(original, *args):
        api_id, attributes = original(*args)
        endpoint = f"https://{api_id}.execute-api.{get_region()}.amazonaws.com"
        apigateway._apis[api_id]["apiEndpoint"] = endpoint
        return api_id, {**attributes, "ApiEndpoint": endpoint}

    handlers["create"] = create
