/** What the address of an example asks for: `?dataset=ID`, and the parameters of any query. */

/** The server's address, which may lie under a prefix. */
const base = new URL("..", location.href).href;

/** Addresses of a dataset's documents, made from their names. */
export async function asked(): Promise<(document: string, more?: Record<string, string>) => string> {
  const query = new URLSearchParams(location.search);
  const { default: first } = await (await fetch(`${base}datasets`)).json();
  const dataset = query.get("dataset") ?? first;
  query.delete("dataset");
  return (document, more = {}) =>
    `${base}tiles/${encodeURIComponent(dataset)}/${document}?${new URLSearchParams({ ...more, ...Object.fromEntries(query) })}`;
}

/** A document, or what the server says is wrong with the query. */
export async function json(address: string) {
  const response = await fetch(address);
  const answer = await response.json();
  if (response.ok) return answer;
  document.body.append(Object.assign(document.createElement("p"), { role: "alert", textContent: answer.detail }));
  throw new Error(answer.detail);
}
