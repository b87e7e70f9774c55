"""Asking the API over HTTP, with nothing but the standard library."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken errors { code path message } } }"
SECONDS = 60
"""How long an answer may take."""


class Client:
    """Somebody who asks a server; signs in when first asked to."""

    def __init__(self, address: str, username: str, password: str) -> None:
        self.address = address
        self.username = username
        self.password = password
        self.token = ""

    def ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The answer: `data`, and `errors` when there are any.

        Raises:
            ConnectionError: the server does not answer, or not with GraphQL.
        """
        if not self.token:
            answer = self._post(SIGN_IN, {"input": {"username": self.username, "password": self.password}})
            try:
                self.token = answer["data"]["signIn"]["accessToken"] or ""
            except (KeyError, TypeError):
                return answer
            if not self.token:
                return answer
        return self._post(document, variables)

    def _post(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(f"{self.address}/graphql", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:
                told = response.read()
        except urllib.error.HTTPError as error:
            told = error.read()
        except urllib.error.URLError as error:
            raise ConnectionError(f"the server does not answer: {error.reason}") from error
        try:
            answer: dict[str, Any] = json.loads(told)
        except ValueError as error:
            raise ConnectionError(f"the server answered no JSON: {told[:200]!r}") from error
        return answer
