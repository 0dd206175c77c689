# Sends changes of S3 buckets of this region to the region of cooper-controller's queue (the module one folder up).

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
  description = "Names of the rule and of its role begin with it."
  type        = string
  default     = "cooper-hints"
}

variable "home_region" {
  description = "The region of the queue."
  type        = string
}

variable "event_names" {
  description = "The output of the same name of the module of the queue."
  type        = list(string)
}

variable "tags" {
  description = "Tags of all that is made here."
  type        = map(string)
  default     = { "app.kubernetes.io/part-of" = "cooper" }
}

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  bus = "arn:${data.aws_partition.this.partition}:events:${var.home_region}:${data.aws_caller_identity.this.account_id}:event-bus/default"
}

resource "aws_iam_role" "forward" {
  name = "${var.name}-forward-${data.aws_region.this.name}"
  tags = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "forward" {
  name = "forward"
  role = aws_iam_role.forward.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "events:PutEvents", Resource = local.bus }]
  })
}

resource "aws_cloudwatch_event_rule" "forward" {
  name        = "${var.name}-forward"
  description = "Calls that changed an S3 bucket of this region, by CloudTrail."
  tags        = var.tags
  event_pattern = jsonencode({
    source        = ["aws.s3", "aws.s3express"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      errorCode = [{ exists = false }]
      eventName = var.event_names
    }
  })
}

resource "aws_cloudwatch_event_target" "forward" {
  rule     = aws_cloudwatch_event_rule.forward.name
  arn      = local.bus
  role_arn = aws_iam_role.forward.arn
}
