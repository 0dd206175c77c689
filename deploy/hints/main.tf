# A queue of changes of S3 buckets for cooper-controller (--hint-queue-url), filled by EventBridge.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "name" {
  description = "Name of the queue; names of the rules begin with it."
  type        = string
  default     = "cooper-hints"
}

variable "aws_config" {
  description = "Whether changes that AWS Config records count as well. Only where no trail logs management events: Config names nobody."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of all that is made here."
  type        = map(string)
  default     = { "app.kubernetes.io/part-of" = "cooper" }
}

locals {
  # The list is that of the controller; a test compares the two.
  event_names = [
    "CreateBucket",
    "DeleteBucket",
    "DeleteBucketAnalyticsConfiguration",
    "DeleteBucketCors",
    "DeleteBucketEncryption",
    "DeleteBucketIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration",
    "DeleteBucketLifecycle",
    "DeleteBucketLifecycleConfiguration",
    "DeleteBucketMetricsConfiguration",
    "DeleteBucketOwnershipControls",
    "DeleteBucketPolicy",
    "DeleteBucketPublicAccessBlock",
    "DeleteBucketReplication",
    "DeleteBucketTagging",
    "DeleteBucketWebsite",
    "DeletePublicAccessBlock",
    "PutAccelerateConfiguration",
    "PutBucketAbac",
    "PutBucketAccelerateConfiguration",
    "PutBucketAcl",
    "PutBucketAnalyticsConfiguration",
    "PutBucketCors",
    "PutBucketEncryption",
    "PutBucketIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration",
    "PutBucketLifecycle",
    "PutBucketLifecycleConfiguration",
    "PutBucketLogging",
    "PutBucketMetricsConfiguration",
    "PutBucketNotification",
    "PutBucketNotificationConfiguration",
    "PutBucketObjectLockConfiguration",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
    "PutBucketReplication",
    "PutBucketRequestPayment",
    "PutBucketTagging",
    "PutBucketVersioning",
    "PutBucketWebsite",
    "PutObjectLockConfiguration",
    "PutPublicAccessBlock",
    "TagResource",
    "UntagResource",
  ]
}

resource "aws_sqs_queue" "hints" {
  name                    = var.name
  sqs_managed_sse_enabled = true
  # Longer than the time between two checks (10 h): a controller that comes back learns what was changed meanwhile. There is no
  # dead-letter queue, as every message is deleted when it is first read, whatever is in it.
  message_retention_seconds  = 43200
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = 60
  tags                       = var.tags
}

resource "aws_cloudwatch_event_rule" "changes" {
  name        = "${var.name}-changes"
  description = "Calls that changed an S3 bucket, by CloudTrail."
  tags        = var.tags
  event_pattern = jsonencode({
    source        = ["aws.s3", "aws.s3express"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      errorCode = [{ exists = false }]
      eventName = local.event_names
    }
  })
}

resource "aws_cloudwatch_event_target" "changes" {
  rule = aws_cloudwatch_event_rule.changes.name
  arn  = aws_sqs_queue.hints.arn
}

resource "aws_cloudwatch_event_rule" "config" {
  count       = var.aws_config ? 1 : 0
  name        = "${var.name}-config"
  description = "Changes of S3 buckets that AWS Config recorded."
  tags        = var.tags
  event_pattern = jsonencode({
    source        = ["aws.config"]
    "detail-type" = ["Config Configuration Item Change"]
    detail        = { configurationItem = { resourceType = ["AWS::S3::Bucket"] } }
  })
}

resource "aws_cloudwatch_event_target" "config" {
  count = var.aws_config ? 1 : 0
  rule  = aws_cloudwatch_event_rule.config[0].name
  arn   = aws_sqs_queue.hints.arn
}

resource "aws_sqs_queue_policy" "hints" {
  queue_url = aws_sqs_queue.hints.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "RulesFillIt"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.hints.arn
        Condition = {
          ArnEquals = { "aws:SourceArn" = concat([aws_cloudwatch_event_rule.changes.arn], aws_cloudwatch_event_rule.config[*].arn) }
        }
      },
      {
        Sid       = "OnlyEncrypted"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.hints.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

output "queue_url" {
  description = "For --hint-queue-url."
  value       = aws_sqs_queue.hints.url
}

output "queue_arn" {
  description = "For cooper-controller iam-policy --hint-queue-arn."
  value       = aws_sqs_queue.hints.arn
}

# For the module in region/, so that there is one list.
output "event_names" {
  description = "The events that are asked for."
  value       = local.event_names
}
