/**
 * A simple part of the page, painted onto a canvas where it stands: backgrounds, gradients from left to right, rounded
 * corners, lines around, text. That is all the legend is made of; what it looks like stays decided in one place, and no
 * canvas is tainted, as one is by a drawing with markup in it.
 */

type Context = CanvasRenderingContext2D;

/** Paints an element and what is in it, moved by so many pixels. */
export function paintElement(context: Context, element: Element, dx: number, dy: number): void {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || element.classList.contains("unseen")) return;
  const box = element.getBoundingClientRect();
  paintBox(context, style, box.x + dx, box.y + dy, box.width, box.height);
  for (const child of element.childNodes) {
    if (child instanceof Element) paintElement(context, child, dx, dy);
    else if (child instanceof Text) paintText(context, child, style, dx, dy);
  }
}

function paintBox(context: Context, style: CSSStyleDeclaration, x: number, y: number, width: number, height: number) {
  if (width === 0 || height === 0) return;
  const radius = Number.parseFloat(style.borderTopLeftRadius) || 0;
  const round = style.borderTopLeftRadius.endsWith("%") ? (Math.min(width, height) * radius) / 100 : radius;
  const path = () => {
    context.beginPath();
    context.roundRect(x, y, width, height, Math.min(round, width / 2, height / 2));
  };
  if (!isClear(style.backgroundColor)) {
    path();
    context.fillStyle = style.backgroundColor;
    context.fill();
  }
  const colours = gradientOf(style.backgroundImage);
  if (colours.length > 1) {
    const gradient = context.createLinearGradient(x, 0, x + width, 0);
    colours.forEach((colour, at) => {
      gradient.addColorStop(at / (colours.length - 1), colour);
    });
    path();
    context.fillStyle = gradient;
    context.fill();
  }
  const line = Number.parseFloat(style.borderTopWidth);
  if (line > 0 && style.borderTopStyle !== "none" && !isClear(style.borderTopColor)) {
    context.strokeStyle = style.borderTopColor;
    context.lineWidth = line;
    context.beginPath();
    const around = Number.parseFloat(style.borderBottomWidth) > 0;
    if (around) path();
    else {
      context.moveTo(x, y + line / 2);
      context.lineTo(x + width, y + line / 2);
    }
    context.stroke();
  }
}

/** Each line of a text where the page has it. */
function paintText(context: Context, text: Text, style: CSSStyleDeclaration, dx: number, dy: number): void {
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textBaseline = "middle";
  const range = document.createRange();
  let line = "";
  let at: DOMRect | undefined;
  const write = () => {
    if (at && line.trim()) context.fillText(line.trim(), at.x + dx, at.y + at.height / 2 + dy);
    line = "";
    at = undefined;
  };
  for (let i = 0; i < text.data.length; i += 1) {
    range.setStart(text, i);
    range.setEnd(text, i + 1);
    const box = range.getClientRects()[0];
    if (!box || (at && Math.abs(box.y - at.y) > 2)) write();
    if (!box || (!at && text.data[i]?.trim() === "")) continue;
    at ??= box;
    line += text.data[i];
  }
  write();
}

const isClear = (colour: string) => /^transparent$|,\s*0\)$|\/\s*0\)$/.test(colour);

/** The colours of a gradient, which lie evenly from left to right. */
function gradientOf(image: string): string[] {
  return image.startsWith("linear-gradient(") ? (image.match(/(?:rgba?|oklch|color)\([^)]*\)|#[\da-f]+/gi) ?? []) : [];
}
