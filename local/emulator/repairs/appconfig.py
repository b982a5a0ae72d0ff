"""AppConfig."""

import json

import ministack.services.appconfig as appconfig

from .repair import instead_of, repair

MOST_ON_A_PAGE = 50


@repair
def appconfig_lists_the_newest_deployment_first():
    """ListDeployments begins with the newest deployment of an environment and goes on by page. In the emulator it
    begins with the oldest, and the fifty-first deployment is never listed."""

    @instead_of(appconfig, "_list_deployments")
    def list_deployments(original, app_id, env_id, query):
        status, headers, body = original(app_id, env_id, {"max_results": 10**6})
        if status != 200:
            return status, headers, body
        newest_first = json.loads(body)["Items"][::-1]
        start = int(query.get("next_token", 0))
        end = start + int(query.get("max_results", MOST_ON_A_PAGE))
        page = {"Items": newest_first[start:end]}
        if end < len(newest_first):
            page["NextToken"] = str(end)
        return status, headers, json.dumps(page).encode()
