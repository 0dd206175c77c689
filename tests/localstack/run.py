"""Starts LocalStack on loopback only: its server takes the port from GATEWAY_LISTEN and leaves out the address."""

import functools

from twisted.internet import endpoints

endpoints.TCP4ServerEndpoint = functools.partial(endpoints.TCP4ServerEndpoint, interface="127.0.0.1")

from localstack.runtime.main import main  # noqa: E402 - it takes the endpoints as they are when it is imported

main()
