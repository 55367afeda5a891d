// The page that a wallet on the same device sends the browser back to. The response code stands
// behind # of the address: it is read once and taken away. The page that asked keeps the request's
// session under SESSIONS + id in this browser's storage; without it there is nothing to look up. It
// gets the response code under CODES + id, and hears of it by the event "storage".

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

async function look(name: string, session: string, code: string): Promise<Result | null> {
  const query = new URLSearchParams({ [CODE]: code });
  const answer = await fetch(`/openid4vp/requests/${encodeURIComponent(name)}/result?${query}`, {
    headers: { Authorization: `Bearer ${session}` },
  });
  return answer.ok ? ((await answer.json()) as Result) : null;
}

async function tell(): Promise<void> {
  const code = new URLSearchParams(location.hash.slice(1)).get(CODE);
  const name = outcome?.dataset["request"] ?? "";
  history.replaceState(null, "", location.pathname + location.search);
  const session = localStorage.getItem(SESSIONS + name);
  if (code === null || session === null) return;
  localStorage.setItem(CODES + name, code);
  const result = await look(name, session, code).catch(() => null);
  const text = outcome?.dataset[result?.outcome ?? result?.status ?? ""];
  if (!told || !heading || !text) return;
  heading.textContent = heading.dataset["known"] ?? "";
  told.textContent = text;
}

void tell();

export {};
