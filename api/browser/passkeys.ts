// Passkeys of staff: carries what the service and the browser's authenticator say to each other.
// Nothing is decided here. An invitation's token stands behind # of the address and is sent once.

const API = "/api/v1/staff";

interface Descriptor {
  readonly id: string;
  readonly type: "public-key";
}

interface CreationJson {
  readonly rp: PublicKeyCredentialRpEntity;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly challenge: string;
  readonly pubKeyCredParams: PublicKeyCredentialParameters[];
  readonly timeout: number;
  readonly excludeCredentials?: readonly Descriptor[];
  readonly authenticatorSelection: AuthenticatorSelectionCriteria;
  readonly attestation: AttestationConveyancePreference;
}

interface RequestJson {
  readonly challenge: string;
  readonly timeout: number;
  readonly rpId: string;
  readonly userVerification: UserVerificationRequirement;
}

function encode(data: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(data));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function post<Answer>(path: string, body?: unknown): Promise<Answer> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const answer = await fetch(API + path, { method: "POST", headers, ...json });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as Answer;
}

function single(credential: Credential | null): PublicKeyCredential {
  if (credential instanceof PublicKeyCredential) return credential;
  throw new Error("the browser gave no passkey");
}

async function create(options: CreationJson, label: string): Promise<unknown> {
  const { user, challenge, excludeCredentials = [], ...plain } = options;
  const publicKey: PublicKeyCredentialCreationOptions = {
    ...plain,
    user: { ...user, id: decode(user.id) },
    challenge: decode(challenge),
    excludeCredentials: excludeCredentials.map(({ id, type }) => ({ id: decode(id), type })),
  };
  const made = single(await navigator.credentials.create({ publicKey }));
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    id: encode(made.rawId),
    client_data: encode(response.clientDataJSON),
    attestation: encode(response.attestationObject),
    label,
  };
}

async function get(options: RequestJson): Promise<unknown> {
  const publicKey = { ...options, challenge: decode(options.challenge) };
  const found = single(await navigator.credentials.get({ publicKey }));
  const response = found.response as AuthenticatorAssertionResponse;
  return {
    id: encode(found.rawId),
    client_data: encode(response.clientDataJSON),
    authenticator_data: encode(response.authenticatorData),
    signature: encode(response.signature),
    user: encode(response.userHandle ?? new ArrayBuffer(0)),
  };
}

function invitation(): string {
  return location.hash.slice(1);
}

async function signIn(form: HTMLFormElement): Promise<string> {
  const start = { next: form.dataset["next"] ?? "/staff" };
  const { public_key } = await post<{ public_key: RequestJson }>("/sign-in/options", start);
  return (await post<{ next: string }>("/sign-in", await get(public_key))).next;
}

async function register(form: HTMLFormElement, path: string, start?: unknown): Promise<string> {
  const { public_key } = await post<{ public_key: CreationJson }>(`${path}/options`, start);
  const label = String(new FormData(form).get("label") ?? "");
  await post(path, await create(public_key, label.trim().normalize("NFC")));
  return form.dataset["next"] ?? "/staff";
}

function run(form: HTMLFormElement): Promise<string> {
  switch (form.dataset["ceremony"]) {
    case "sign-in":
      return signIn(form);
    case "join":
      return register(form, "/invitation", { invitation: invitation() });
    default:
      return register(form, "/passkeys");
  }
}

async function leave(form: HTMLFormElement): Promise<string> {
  const next = form.dataset["next"] ?? "/staff";
  const told = form.dataset["ceremony"] === "join" ? { invitation: invitation() } : {};
  return (await post<{ location: string }>("/provider/options", { next, ...told })).location;
}

async function attempt(form: HTMLFormElement, act: () => Promise<string>): Promise<void> {
  const told = form.querySelector<HTMLElement>(".told");
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  if (told) told.textContent = "";
  try {
    location.assign(await act());
  } catch {
    if (told) told.textContent = told.dataset["told"] ?? "";
    for (const button of buttons) button.disabled = false;
  }
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-ceremony]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(form, () => run(form));
  });
  form
    .querySelector("[data-provider]")
    ?.addEventListener("click", () => void attempt(form, () => leave(form)));
}
