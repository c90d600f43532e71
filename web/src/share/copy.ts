/** Puts a text on the clipboard, also where there is no `navigator.clipboard`: on a network without https. */

/** Copies a text of any length. Says whether it is on the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

/** Copies what an input holds, which is selected in any case. Says whether it is on the clipboard. */
export async function copyFrom(input: HTMLInputElement): Promise<boolean> {
  input.focus();
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    // Old, but the only way for a page of http; it copies what is selected.
    return document.execCommand("copy");
  }
}
