# SPDX-License-Identifier: Apache-2.0
# Copyright the Holdfast authors
"""A WSGI application behind a queue: the server of Python's own wsgiref, on a connection that it opens itself.

    wsgi_worker.py HOST PORT
"""
import socket
import sys
from wsgiref.simple_server import WSGIRequestHandler


def app(environ, start_response):
    # PEP 3333 knows no body without a length.
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    answer = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {length} ".encode() + body.upper()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]


class Server:
    """The parts of a server that its handler asks for."""

    base_environ = {"SERVER_NAME": "worker", "SERVER_PORT": "0", "REMOTE_HOST": "", "CONTENT_LENGTH": "", "SCRIPT_NAME": ""}

    def get_app(self):
        return app


address = (sys.argv[1], int(sys.argv[2]))
while True:
    with socket.create_connection(address) as connection:
        WSGIRequestHandler(connection, address, Server())
