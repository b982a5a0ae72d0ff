"""The repairs, one module per AWS service. Each function marked @repair restores one behaviour of AWS."""

MODULES = (
    "apigateway",
    "appconfig",
    "cloudformation",
    "cloudwatch",
    "eventbridge",
    "iam",
    "kms",
    "lambda_",
    "lambda_sources",
    "logs",
    "s3",
    "scheduler",
    "stepfunctions",
)
