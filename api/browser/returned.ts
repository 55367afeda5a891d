// The page that a wallet on the same device sends the browser back to. The response code stands
// behind # of the address: it is read once and taken away. The page that asked keeps the request's
// session under SESSIONS + id in this browser's storage. It gets the response code under CODES + id,
// and hears of it by the event "storage". A browser that has no session is not the one that asked:
// it sends the code all the same, and the service forgets what was answered, because somebody else
// may have passed the request on.

const SESSIONS = "dojang.request.";
const CODES = "dojang.response.";
const CODE = "response_code";

interface Result {
  readonly status: string;
  readonly outcome?: string;
}

const outcome = document.querySelector<HTMLElement>("#outcome");
const heading = document.querySelector<HTMLElement>("#outcome h2");
const told = document.querySelector<HTMLElement>("#told");

async function look(name: string, session: string | null, code: string): Promise<Result | null> {
  const query = new URLSearchParams({ [CODE]: code });
  const answer = await fetch(`/openid4vp/requests/${encodeURIComponent(name)}/result?${query}`, {
    headers: session === null ? {} : { Authorization: `Bearer ${session}` },
  });
  return answer.ok ? ((await answer.json()) as Result) : null;
}

async function tell(): Promise<void> {
  const code = new URLSearchParams(location.hash.slice(1)).get(CODE);
  const name = outcome?.dataset["request"] ?? "";
  history.replaceState(null, "", location.pathname + location.search);
  const session = localStorage.getItem(SESSIONS + name);
  if (code === null) return;
  if (session !== null) localStorage.setItem(CODES + name, code);
  const result = await look(name, session, code).catch(() => null);
  if (session === null) {
    say(outcome?.dataset["foreign"]);
    return;
  }
  say(outcome?.dataset[result?.outcome ?? result?.status ?? ""]);
}

function say(text: string | undefined): void {
  if (!told || !heading || !text) return;
  heading.textContent = heading.dataset["known"] ?? "";
  told.textContent = text;
}

void tell();

export {};
