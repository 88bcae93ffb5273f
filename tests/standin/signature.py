"""Checks AWS Signature Version 4 of a request, with botocore doing the arithmetic.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

import calendar
import hashlib
import hmac
import re
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .errors import AwsError

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/, ]+)/(\d{8})/([^/, ]+)/([^/, ]+)/aws4_request,\s*"
    r"SignedHeaders=([a-z0-9;\-_.]+),\s*Signature=([0-9a-f]{64})$")
SKEW_SECONDS = 300


class Verifier:
    """Knows one pair of keys, with a session token where they are temporary ones."""

    def __init__(self, access_key, secret_key, session_token, region):
        self.access_key = access_key
        self.secret_key = secret_key
        self.session_token = session_token
        self.region = region

    def check(self, request, body, service, scheme, now=None):
        """Raises AwsError unless `request` is signed well for `service`."""
        now = time.time() if now is None else now
        given = request.headers.get("authorization")
        if not given:
            raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")
        parts = AUTHORIZATION.match(given)
        if not parts:
            raise AwsError("IncompleteSignatureException",
                           "Authorization header requires 'Credential', 'SignedHeaders' and "
                           "'Signature' parameters.")
        key, day, region, scope_service, names, signature = parts.groups()
        names = names.split(";")
        self._check_identity(key, request)
        self._check_headers(names, request)
        self._check_scope(region, scope_service, service)
        date = request.headers.get("x-amz-date", "")
        check_date(date, day, now)
        if not hmac.compare_digest(signature, self._signature(
                request, body, names, date, region, service, scheme)):
            raise AwsError("InvalidSignatureException",
                           "The request signature we calculated does not match the signature you "
                           "provided. Check your AWS Secret Access Key and signing method. Consult "
                           "the service documentation for details.")

    def _check_identity(self, key, request):
        token = request.headers.get("x-amz-security-token")
        if key != self.access_key or token != self.session_token:
            raise AwsError("UnrecognizedClientException",
                           "The security token included in the request is invalid.")

    @staticmethod
    def _check_headers(names, request):
        if names != sorted(set(names)):
            raise AwsError("IncompleteSignatureException", "SignedHeaders must be sorted.")
        amazon = [name for name in request.headers if name.startswith("x-amz-")]
        for name in ["host", *amazon]:
            if name not in names:
                raise AwsError("InvalidSignatureException",
                               f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
        for name in names:
            if name not in request.headers:
                raise AwsError("InvalidSignatureException",
                               f"The signed header '{name}' is not in the request.")

    def _check_scope(self, region, scope_service, service):
        if region != self.region:
            raise AwsError("InvalidSignatureException",
                           f"Credential should be scoped to a valid region, not '{region}'. ")
        if scope_service != service:
            raise AwsError("InvalidSignatureException",
                           f"Credential should be scoped to correct service: '{service}'. ")

    def _signature(self, request, body, names, date, region, service, scheme):
        url = f"{scheme}://{request.headers['host']}{request.target}"
        rebuilt = AWSRequest(request.method, url,
                             {name: request.headers[name] for name in names}, body)
        rebuilt.context["timestamp"] = date
        claimed = request.headers.get("x-amz-content-sha256")
        digest = hashlib.sha256(body).hexdigest()
        if claimed not in (None, digest):
            raise AwsError("InvalidSignatureException", "x-amz-content-sha256 is not the body's.")
        rebuilt.context["payload_signing_enabled"] = True
        signer = SigV4Auth(Credentials(self.access_key, self.secret_key), service, region)
        canonical = signer.canonical_request(rebuilt)
        return signer.signature(signer.string_to_sign(rebuilt, canonical), rebuilt)


def check_date(date, day, now):
    try:
        signed = calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise AwsError("IncompleteSignatureException",
                       f"Date must be in ISO-8601 'basic format'. Got '{date}'.") from None
    if date[:8] != day:
        raise AwsError("InvalidSignatureException",
                       "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                       f"date from HTTP: '{day}' != '{date[:8]}'.")
    if abs(now - signed) <= SKEW_SECONDS:
        return
    clock = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    if signed < now:
        limit = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now - SKEW_SECONDS))
        raise AwsError("InvalidSignatureException",
                       f"Signature expired: {date} is now earlier than {limit} ({clock} - 5 min.)")
    limit = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now + SKEW_SECONDS))
    raise AwsError("InvalidSignatureException",
                   f"Signature not yet current: {date} is still later than {limit} "
                   f"({clock} + 5 min.)")
