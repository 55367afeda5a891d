"""The OpenAPI document of an application, made when somebody first asks for it."""

from threading import Lock
from typing import Final

import orjson
from fastapi import FastAPI, Response

from api.http.openapi import complete_document

DOCUMENT: Final = "/openapi.json"


def serve_document(app: FastAPI, origin: str) -> None:
    """Add the route of the document, with what the framework does not know of.

    Making it takes seconds of a processor, so it is made once, in a thread of its own request:
    neither the start nor anybody else's request waits for it.

    Args:
        app: with all its other routes.
        origin: where it is served.
    """
    lock, made = Lock(), list[bytes]()

    def document() -> Response:
        with lock:
            if not made:
                told = app.openapi()
                complete_document(told, origin)
                made.append(orjson.dumps(told))
        return Response(made[0], media_type="application/json")

    app.add_api_route(DOCUMENT, document, include_in_schema=False)
