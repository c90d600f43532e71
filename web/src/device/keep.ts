/** Lets the page itself open without the network. */

/** Registers the service worker, and waits until it has all files of the page. Rejects with why that is not possible. */
export async function keepPage(): Promise<void> {
  if (!("serviceWorker" in navigator)) {
    const why = window.isSecureContext
      ? "this browser has no service workers here"
      : "it is neither https nor localhost";
    throw new Error(`the page itself does not open without the network: ${why}`);
  }
  // The script itself is asked for each time, whatever caches lie between.
  const script = new URL("sw.js", document.baseURI);
  const registration = await navigator.serviceWorker.register(script, { updateViaCache: "none" });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (worker?.state === "activated" || registration.active) resolve();
      else if (!worker || worker.state === "redundant") reject(new Error("the page's files could not all be kept"));
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}
