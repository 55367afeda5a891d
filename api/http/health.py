"""Is the process alive, and is everything it needs at hand?"""

from fastapi import APIRouter, Response

from api.health import Health

NO_STORE = {"Cache-Control": "no-store"}


def health_routes(health: Health) -> APIRouter:
    """``/livez`` without any look-up, ``/readyz`` with the chain's identity.

    A chain that cannot be reached degrades the service; it does not stop it, so ``/readyz`` answers
    503 only when nothing useful can be served.
    """
    routes = APIRouter()

    @routes.get("/livez", summary="The process answers")
    def livez() -> dict[str, str]:
        return {"status": "alive"}

    @routes.get("/readyz", summary="Everything the service needs is at hand")
    def readyz(response: Response) -> dict[str, object]:
        response.headers.update(NO_STORE)
        state = health.look()
        response.status_code = 200 if state.ready else 503
        return state.to_json()

    return routes
