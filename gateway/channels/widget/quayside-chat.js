/*
 * Quayside's storefront chat: one classic script, no framework, no build step.
 *   <script src="https://gateway.example/chat/widget.js" defer data-position="right" data-accent="#1f5c4d"></script>
 * It talks to the address it was loaded from (README.md beside this file says how) and needs no inline style or script.
 */
(() => {
  'use strict';

  const script = document.currentScript;
  if (!script || customElements.get('quayside-chat')) return;

  const BASE = new URL('.', script.src).href;
  const OPTIONS = script.dataset;
  const DEFAULT_ACCENT = '#1f5c4d';
  const DEFAULT_LIMIT = 2000; // characters; the session may say otherwise
  const SILENCE_MS = 45_000; // three heartbeats missed: the connection is dead, whatever the socket believes
  const REQUEST_MS = 20_000;
  const HIDDEN_MS = 60_000; // browsers allow six connections to a host: a tab nobody sees gives its own back
  const LONGEST_WAIT_MS = 30_000;
  const SAME_SPEAKER_MS = 5 * 60_000; // within this, messages of one speaker stand as one group

  // English, until the session brings the shopper's language: the names are those of `widget` in gateway/texts.yml.
  const TEXTS = {
    title: 'Chat with us',
    open_chat: 'Open the chat',
    close: 'Close the chat',
    history_label: 'Conversation',
    message_label: 'Your message',
    placeholder: 'Write your message…',
    send: 'Send',
    sending: 'Sending…',
    failed_send: 'Not sent',
    connecting: 'Connecting…',
    offline: 'You are offline. Your messages will be sent when you are back.',
    failed_connect: 'The chat cannot be reached right now. We keep trying.',
    expired: 'Your earlier chat has ended. This is a new one.',
    typing: '{name} is typing…',
    assistant_name: 'Virtual assistant',
    from_you: 'You',
    from_person: '{name}, customer service',
    from_system: 'Notice',
    choices_label: 'Suggested answers',
    new_message: 'New message',
    new_messages: 'New messages: {count}',
    characters_left: 'Characters left: {count}',
    too_long: 'Your message is too long by {count} characters.',
    progress: 'Step {step} of {of}',
    opens_new_tab: 'opens in a new tab',
    privacy_notice: '',
  };

  const CSS = `
    :host { all: initial; position: fixed; inset: auto 0 0 auto; z-index: 2147483000; }
    :host([data-position=left]) { inset: auto auto 0 0; }
    @media print { :host { display: none; } }
    *, ::before, ::after { box-sizing: border-box; }
    h2, p, dl, dd, ul { margin: 0; padding: 0; font: inherit; }
    [hidden] { display: none !important; }
    .root {
      --surface: #fff; --soft: #f3f5f3; --line: #e2e6e3; --text: #1b2422; --mute: #5c6764; --ink: var(--ink-light);
      --alert: #b3261e; --person: #f8efe2; --shade: 0 0 0 1px rgb(16 32 28 / .05), 0 2px 6px rgb(16 32 28 / .06), 0 18px 48px rgb(16 32 28 / .18);
      color: var(--text); color-scheme: light;
      font: 400 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "PingFang SC",
        "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Noto Sans", sans-serif;
      -webkit-text-size-adjust: 100%; text-align: start; -webkit-font-smoothing: antialiased;
    }
    @media (prefers-color-scheme: dark) {
      .root {
        --surface: #171c1b; --soft: #232a28; --line: #343d3a; --text: #ecf1ef; --mute: #a4b0ac; --ink: var(--ink-dark);
        --alert: #ff9c92; --person: #35301f; --shade: 0 0 0 1px rgb(255 255 255 / .08), 0 18px 48px rgb(0 0 0 / .6);
        color-scheme: dark;
      }
    }
    button, textarea { font: inherit; color: inherit; margin: 0; border: 1px solid transparent; background: none; }
    button { cursor: pointer; -webkit-tap-highlight-color: transparent; }
    button:disabled { cursor: default; }
    :focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
    svg { display: block; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
    a { color: var(--ink); text-underline-offset: 2px; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

    .launcher {
      position: absolute; inset: auto 20px 20px auto; display: grid; place-items: center; width: 58px; height: 58px;
      margin-bottom: env(safe-area-inset-bottom, 0); border-radius: 50%; background: var(--accent); color: var(--on-accent);
      box-shadow: 0 1px 2px rgb(16 32 28 / .2), 0 8px 24px rgb(16 32 28 / .24); transition: transform .18s, box-shadow .18s;
    }
    :host([data-position=left]) .launcher { inset: auto auto 20px 20px; }
    .launcher:hover { transform: translateY(-2px); }
    .launcher:active { transform: scale(.96); }
    .launcher:focus-visible { outline-offset: 3px; }
    .badge {
      position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-width: 22px; height: 22px; padding: 0 6px;
      border: 2px solid var(--surface); border-radius: 11px; background: #c0392b; color: #fff; font: 600 12px/18px system-ui, sans-serif; text-align: center;
    }

    .panel {
      position: absolute; inset: auto 20px 94px auto; flex-direction: column; width: 396px;
      max-width: calc(100vw - 40px); height: min(680px, 100vh - 118px); height: min(680px, 100dvh - 118px); max-height: none; margin: 0; padding: 0;
      border: 0; border-radius: 20px; background: var(--surface); color: inherit; box-shadow: var(--shade); overflow: hidden;
    }
    .panel[open] { display: flex; animation: rise .22s cubic-bezier(.2, .8, .3, 1); }
    .panel::backdrop { background: var(--surface); }
    :host([data-position=left]) .panel { inset: auto auto 94px 20px; }
    @keyframes rise { from { opacity: 0; transform: translateY(10px) scale(.985); } }

    header { display: flex; align-items: center; gap: 12px; padding: 14px 12px 13px 18px; padding-inline: 18px 12px; border-bottom: 1px solid var(--line); }
    header > div { flex: 1; min-width: 0; }
    h2 { font-size: 15.5px; font-weight: 620; line-height: 1.35; letter-spacing: -.005em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .with { color: var(--mute); font-size: 13px; line-height: 1.4; }
    .avatar { display: grid; place-items: center; flex: none; width: 38px; height: 38px; border-radius: 50%; background: var(--accent); color: var(--on-accent); font-weight: 600; }
    .avatar svg { width: 55%; height: 55%; }
    .avatar.person { background: var(--person); color: var(--text); box-shadow: inset 0 0 0 1px var(--line); }
    .icon { display: grid; place-items: center; flex: none; width: 40px; height: 40px; padding: 0; border-radius: 50%; color: var(--mute); }
    .icon:hover { background: var(--soft); color: var(--text); }
    .state { padding: 7px 18px; background: var(--soft); color: var(--mute); font-size: 13px; text-align: center; }
    .state:empty, .notice:empty { display: none; }

    .middle { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; }
    .log { flex: 1; min-height: 0; overflow: hidden auto; overscroll-behavior: contain; padding: 18px 18px 10px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
    .log:focus-visible { outline-offset: -3px; border-radius: 8px; }
    .message { display: flex; flex-direction: column; align-items: flex-start; gap: 7px; margin-top: 18px; animation: appear .2s ease-out; }
    .message:first-child { margin-top: 0; }
    .message.same { margin-top: 6px; }
    .message.shopper { align-items: flex-end; }
    @keyframes appear { from { opacity: 0; transform: translateY(6px); } }
    .meta { display: flex; align-items: center; gap: 7px; color: var(--mute); font-size: 12.5px; line-height: 1.4; }
    .meta .avatar { width: 22px; height: 22px; font-size: 11px; }
    .who { color: var(--text); font-weight: 560; }
    .same .meta, .shopper .who { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .shopper .meta { margin-bottom: -3px; }
    .bubble {
      max-width: 88%; padding: 9px 14px; border: 1px solid transparent; border-radius: 18px; background: var(--soft);
      white-space: pre-wrap; overflow-wrap: anywhere; text-align: start;
    }
    .assistant .bubble, .person .bubble { border-start-start-radius: 6px; }
    .person .bubble { background: var(--person); }
    .shopper .bubble { max-width: 82%; background: var(--accent); color: var(--on-accent); border-end-end-radius: 6px; }
    .shopper .bubble a { color: inherit; }
    .status { color: var(--mute); font-size: 12.5px; }
    .status:empty { display: none; }
    .pending .bubble { opacity: .72; }
    .undelivered .bubble { background: none; color: inherit; border-color: var(--alert); }
    .undelivered .bubble a { color: var(--ink); }
    .undelivered .status { color: var(--alert); }
    .system { align-items: center; }
    .system .bubble, .day { max-width: 100%; padding: 0 8px; background: none; color: var(--mute); font-size: 13px; text-align: center; }
    .system .meta { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .day { margin: 20px 0 -4px; font-weight: 560; font-size: 12.5px; }

    .buttons { display: flex; flex-wrap: wrap; gap: 8px; max-width: 100%; padding-block: 2px; }
    .buttons button {
      min-height: 38px; padding: 7px 15px; border: 1px solid color-mix(in srgb, var(--ink) 45%, transparent); border-radius: 20px;
      color: var(--ink); font-weight: 520; font-size: 14.5px; line-height: 1.4; text-align: start; overflow-wrap: anywhere; transition: background .15s;
    }
    .buttons button:hover:enabled { background: color-mix(in srgb, var(--ink) 9%, transparent); }
    .buttons button:disabled { border-color: var(--line); color: var(--mute); }
    .buttons button.chosen { background: var(--soft); color: var(--text); }

    .card { width: 100%; max-width: 340px; padding: 15px 16px 16px; border: 1px solid var(--line); border-radius: 16px; overflow-wrap: anywhere; }
    .card > * + * { margin-top: 12px; }
    .card .head { display: flex; gap: 11px; align-items: flex-start; }
    .card .head > svg { flex: none; width: 22px; height: 22px; margin-top: 1px; color: var(--ink); }
    .card .head > div { flex: 1; min-width: 0; }
    .card .name { font-weight: 620; line-height: 1.4; }
    .card .sub, .card .detail { color: var(--mute); font-size: 13.5px; }
    .card .now { color: var(--ink); font-weight: 580; font-size: 14px; }
    .progress { display: flex; gap: 4px; }
    .card .now + .progress { margin-top: 7px; }
    .progress span { flex: 1; height: 5px; border-radius: 3px; background: var(--line); }
    .progress .done { background: var(--ink); }
    dl { display: grid; grid-template-columns: minmax(0, auto) minmax(0, 1fr); gap: 5px 16px; font-size: 14px; }
    dt { max-width: 130px; color: var(--mute); }
    dd { text-align: end; }
    .card ul { list-style: none; border-top: 1px solid var(--line); font-size: 14px; }
    .card li { display: flex; justify-content: space-between; gap: 14px; padding-block: 7px; border-bottom: 1px solid var(--line); }
    .card li > :last-child:not(:first-child) { flex: none; max-width: 45%; text-align: end; }
    .card .link { display: block; padding: 8px 14px; border-radius: 12px; background: color-mix(in srgb, var(--ink) 10%, transparent); font-weight: 560; font-size: 14.5px; text-align: center; text-decoration: none; }
    .card .link:hover { background: color-mix(in srgb, var(--ink) 16%, transparent); }

    .typing { display: flex; align-items: center; gap: 5px; width: max-content; margin: 2px 18px 8px; padding: 12px 14px; border: 1px solid transparent; border-radius: 18px; border-end-start-radius: 6px; background: var(--soft); }
    .typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--mute); animation: dot 1.3s infinite ease-in-out; }
    .typing i:nth-child(2) { animation-delay: .16s; }
    .typing i:nth-child(3) { animation-delay: .32s; }
    @keyframes dot { 0%, 60%, 100% { opacity: .35; } 30% { opacity: 1; transform: translateY(-2px); } }
    .down { position: absolute; inset-block-end: 10px; inset-inline: 0; width: max-content; margin-inline: auto; padding: 6px 14px; border-radius: 18px; background: var(--text); color: var(--surface); font-weight: 560; font-size: 13px; }

    .notice { padding: 8px 18px; color: var(--alert); font-size: 13.5px; line-height: 1.4; }
    form { padding: 8px 12px 12px; }
    .field { display: flex; align-items: flex-end; border: 1px solid var(--line); border-radius: 24px; background: var(--surface); transition: border-color .15s; }
    .field:focus-within { border-color: var(--ink); box-shadow: 0 0 0 1px var(--ink); }
    textarea { flex: 1; min-width: 0; height: 46px; max-height: 138px; padding: 11px 4px 11px 17px; padding-inline: 17px 4px; border: 0; outline: none; resize: none; line-height: 1.5; overflow-y: auto; scrollbar-width: thin; }
    textarea::placeholder { color: var(--mute); opacity: 1; }
    .send { display: grid; place-items: center; flex: none; width: 38px; height: 38px; margin: 4px; padding: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent); transition: background .15s, color .15s; }
    .send:disabled { background: var(--soft); color: var(--mute); }
    [dir=rtl] .send svg { transform: scaleX(-1); }
    .count { padding: 5px 8px 0; color: var(--mute); font-size: 12.5px; text-align: end; }
    .count:empty { display: none; }
    .count.over { color: var(--alert); font-weight: 560; }

    /* A phone, or a window too low for a panel: the whole screen, as high as the keyboard leaves it (see fit()). */
    @media (max-width: 520px), (max-height: 480px) {
      .panel, :host([data-position=left]) .panel {
        position: fixed; inset: 0; top: var(--view-top, 0); width: 100%; max-width: none; height: var(--view-height, 100dvh); border-radius: 0;
        padding: env(safe-area-inset-top, 0) env(safe-area-inset-right, 0) env(safe-area-inset-bottom, 0) env(safe-area-inset-left, 0);
      }
      textarea { font-size: 16px; } /* below 16px iOS zooms into the field */
    }
    @media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; } .typing i { opacity: .7; } }
    @media (forced-colors: active) {
      .launcher, .panel, .bubble, .avatar, .typing, .send { border: 1px solid ButtonText; }
      .progress span { border: 1px solid CanvasText; }
      .progress .done { background: Highlight; forced-color-adjust: none; }
      .buttons button:disabled, .send:disabled { color: GrayText; border-color: GrayText; }
      .typing i { background: CanvasText; }
    }
  `;

  const ICONS = {
    chat: 'M20 11.5a7.5 7.5 0 0 1-11 6.6L4.5 19.5 5.9 15A7.5 7.5 0 1 1 20 11.5zM9 10h7M9 13.2h4.5',
    close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
    fold: 'M6 9.5l6 6 6-6',
    send: 'M4.5 12h14M12.5 6l6 6-6 6',
    assistant: 'M12 3v3M6.5 8.5h11a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-6.500a2 2 0 0 1 2-2zM9.200 12.500v1.500M14.800 12.500v1.500',
    parcel: 'M4 8l8-4.500 8 4.500v8l-8 4.500L4 16zM4 8l8 4.500L20 8M12 12.500v8M8 5.800l8 4.500',
    order: 'M6 3.500h12v17l-3-2-3 2-3-2-3 2zM9 8.500h6M9 12.500h6',
    case: 'M4 6h16v10.500h-8.500l-4 3.500v-3.500H4zM8 10h8M8 13h5',
  };

  // ---------------------------------------------------------------- small tools

  /** An element with properties, `data`/ARIA attributes and children; text children become text nodes, never markup. */
  const element = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === 'function') node.addEventListener(name, value);
      else if (typeof value === 'boolean') node.toggleAttribute(name, value);
      else if (value != null) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  };

  const icon = (name, size = 24) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', width: size, height: size, 'aria-hidden': 'true' })) svg.setAttribute(key, value);
    path.setAttribute('d', ICONS[name]);
    svg.append(path);
    return svg;
  };

  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const length = (text) => [...text].length; // as the gateway counts: characters, not UTF-16 halves

  /** An http(s) address, or null for anything else (javascript:, data:, nonsense). */
  const webAddress = (text) => {
    try {
      const url = new URL(text);
      return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  };

  // An address ends before blanks, quotes and Chinese letters or punctuation; closing punctuation belongs to the sentence.
  const ADDRESS = /https?:\/\/[^\s<>"'\u3000-\u9fff\uff00-\uffef]+/gi;
  const withLinks = (text) => {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(ADDRESS)) {
      const shown = match[0].replace(/[.,;:!?)\]}]+$/, '');
      const href = webAddress(shown);
      if (!href) continue;
      parts.push(text.slice(end, match.index), element('a', { href, target: '_blank', rel: 'noopener noreferrer' }, shown));
      end = match.index + shown.length;
    }
    return [...parts, text.slice(end)];
  };

  // Colours: whatever accent a shop picks, text on it and text in it stays readable (WCAG 4.5:1).
  const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const luminance = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  /** The accent, moved towards `towards` (0 black, 255 white) until it reads on the surface. */
  const readable = (accent, surface, towards) => {
    for (let share = 0; share <= 1; share += 0.05) {
      const colour = accent.map((v) => Math.round(v + (towards - v) * share));
      if (contrast(colour, channels(surface)) >= 5.5) return `rgb(${colour.join(' ')})`;
    }
    return towards ? '#fff' : '#000';
  };
  const paint = (root, wanted) => {
    const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i;
    const hex = (wanted || '').replace(short, '#$1$1$2$2$3$3');
    const accent = channels(/^#[0-9a-f]{6}$/i.test(hex) ? hex : DEFAULT_ACCENT);
    const white = contrast(accent, [255, 255, 255]) >= 4.5;
    const values = { accent: `rgb(${accent.join(' ')})`, 'on-accent': white ? '#fff' : '#000', 'ink-light': readable(accent, '#f3f5f3', 0), 'ink-dark': readable(accent, '#232a28', 255) };
    for (const [name, value] of Object.entries(values)) root.style.setProperty(`--${name}`, value);
  };

  /** What outlives the page. A browser that refuses storage gets a memory that lasts as long as the page. */
  const keep = (storage) => {
    const prefix = `quayside:${BASE}:`;
    const memory = new Map();
    const guarded = (work, otherwise) => {
      try {
        return work(storage());
      } catch {
        return otherwise();
      }
    };
    return {
      prefix,
      get: (key) => {
        const text = guarded((s) => s.getItem(prefix + key), () => null) ?? memory.get(key);
        try {
          return text ? JSON.parse(text) : null;
        } catch {
          return null;
        }
      },
      set: (key, value) => guarded((s) => s.setItem(prefix + key, JSON.stringify(value)), () => memory.set(key, JSON.stringify(value))),
      remove: (key) => {
        memory.delete(key);
        guarded((s) => s.removeItem(prefix + key), () => {});
      },
      keys: () => [...new Set([...guarded((s) => Object.keys(s), () => []).filter((k) => k.startsWith(prefix)).map((k) => k.slice(prefix.length)), ...memory.keys()])],
    };
  };
  const lasting = keep(() => localStorage);
  const ofThisTab = keep(() => sessionStorage);

  /** Runs `work` in one tab of this shop at a time, where the browser can. */
  const alone = (name, work) => (navigator.locks ? navigator.locks.request(`quayside:${BASE}:${name}`, work) : work());

  /** Server-sent events from text in any pieces: CR, LF or CRLF, several data lines, comments, ids. */
  class EventStreamParser {
    constructor(onEvent) {
      this.onEvent = onEvent;
      this.rest = '';
      this.id = '';
      this.clear();
    }

    clear() {
      this.type = '';
      this.data = [];
    }

    push(text) {
      // A CR at the very end may be half of a CRLF: it waits for the next piece.
      const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
      this.rest = lines.pop();
      for (const line of lines) this.line(line);
    }

    line(line) {
      if (line === '') {
        if (this.data.length) this.onEvent({ type: this.type || 'message', data: this.data.join('\n'), id: this.id });
        this.clear();
        return;
      }
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') this.data.push(value);
      else if (field === 'event') this.type = value;
      else if (field === 'id' && !value.includes('\0')) this.id = value;
    }
  }

  /** The gateway answered, but not with success. `wait`: milliseconds it asks us to wait, or 0. */
  class Refusal extends Error {
    constructor(response, sentence) {
      super(`${response.status}`);
      this.status = response.status;
      this.sentence = sentence;
      const after = response.headers.get('Retry-After');
      const seconds = Number(after) || (Date.parse(after) - Date.now()) / 1000 || 0;
      this.wait = Math.min(Math.max(seconds, 0), 3600) * 1000;
    }
  }

  // ---------------------------------------------------------------- the conversation with the gateway

  /** Session, history, events and sending. It knows nothing of the page; `view` hears what happens. */
  class Conversation {
    constructor(view) {
      this.view = view;
      this.run = 0; // the number of the loop that may go on; another number stops it
      this.sleepers = new Set();
      this.clock = 0;
      this.sendTries = 0;
    }

    start() {
      if (this.running) return;
      this.running = true;
      this.begun = true;
      this.loop(++this.run);
    }

    stop() {
      this.running = false;
      this.run += 1;
      this.stream?.abort();
      this.wake();
    }

    /** Session, history, events, for ever: every failure leads back here after a pause that grows. */
    async loop(run) {
      for (let tries = 0; run === this.run; ) {
        const began = Date.now();
        let wait = 0;
        try {
          if (!navigator.onLine) throw new Error('offline');
          if (!this.online) this.tell(tries ? 'reconnecting' : 'connecting');
          if (!this.session) await this.begin();
          if (!this.caughtUp) await this.catchUp();
          this.sendQueue();
          await this.listen(run);
        } catch (error) {
          if (run !== this.run) return;
          wait = this.refused(error);
        }
        if (run !== this.run) return;
        this.online = false;
        this.tell(navigator.onLine ? 'reconnecting' : 'offline');
        // A stream that held for a while earns a fresh start; one that breaks at once does not.
        tries = Date.now() - began > 5000 ? 0 : tries + 1;
        await this.pause(wait || this.backoff(tries));
      }
    }

    tell(state) {
      this.view.onState(state);
    }

    refused(error) {
      if (!(error instanceof Refusal)) return 0;
      if (error.status === 401) this.session = null;
      else if (error.status === 429) this.view.onNotice(error.sentence);
      return error.wait;
    }

    /** Takes up the conversation this browser knows, or a new one; one tab at a time, so that all share one. */
    async begin() {
      const session = await alone('session', async () => {
        const known = lasting.get('session');
        const body = JSON.stringify({ locale: this.view.locale });
        const ask = (token) => this.request('sessions', { method: 'POST', body, token });
        let response;
        try {
          response = await ask(known?.token);
        } catch (error) {
          if (!known || error.status !== 401) throw error;
          response = await ask();
        }
        const fresh = await response.json();
        lasting.set('session', { id: fresh.conversation_id, token: fresh.token });
        if (known && known.id !== fresh.conversation_id) this.expired = true;
        return fresh;
      });
      const before = this.id;
      this.session = session;
      this.id = session.conversation_id;
      this.view.onSession(session);
      if (this.expired || (before && before !== this.id)) this.view.onExpired();
      if (before !== this.id) this.caughtUp = false;
      this.expired = false;
    }

    async catchUp() {
      const history = await (await this.request('history')).json();
      this.lastEvent = history.last_event_id ?? '';
      this.view.onHistory(history.entries ?? []);
      for (const entry of history.entries ?? []) this.arrived(entry.id);
      this.caughtUp = true;
      for (const item of this.queue()) this.view.onOwn(item);
    }

    async listen(run) {
      const stream = new AbortController();
      this.stream = stream;
      let silence;
      const heard = () => {
        clearTimeout(silence);
        silence = setTimeout(() => stream.abort(), SILENCE_MS);
      };
      try {
        heard();
        const headers = { Accept: 'text/event-stream' };
        if (this.lastEvent) headers['Last-Event-ID'] = this.lastEvent;
        const response = await this.request('events', { headers, signal: stream.signal });
        const parser = new EventStreamParser((event) => this.receive(event));
        parser.id = `${this.lastEvent}`;
        const decoder = new TextDecoder();
        const reader = response.body.getReader();
        this.online = true;
        this.tell('online');
        for (;;) {
          const { done, value } = await reader.read();
          if (done || run !== this.run) return;
          heard();
          parser.push(decoder.decode(value, { stream: true }));
        }
      } finally {
        clearTimeout(silence);
        stream.abort();
      }
    }

    receive({ type, data, id }) {
      this.lastEvent = id;
      let content;
      try {
        content = JSON.parse(data);
      } catch {
        return; // a newer gateway may say things this script does not know
      }
      if (type === 'message') this.view.onMessage(content);
      else if (type === 'typing') this.view.onTyping(content);
      else if (type === 'echo') {
        this.arrived(content.id);
        this.view.onMessage({ ...content, from: 'shopper' });
      }
    }

    // Every unsent message has a key of its own, so that tabs never overwrite each other's.
    queue() {
      return lasting.keys().filter((key) => key.startsWith('out:')).sort().map((key) => ({ ...lasting.get(key), key })).filter((item) => item.id);
    }

    /** Puts `{text}` or `{button, text}` into the queue; returns the item with its id. */
    add(content) {
      const at = Math.max(Date.now(), this.clock + 1); // no two at the same moment: the key keeps their order
      this.clock = at;
      const item = { ...content, id: newId(), at: new Date(at).toISOString() };
      lasting.set(`out:${at}:${item.id}`, item);
      return item;
    }

    arrived(id) {
      for (const item of this.queue()) if (item.id === id) lasting.remove(item.key);
    }

    /** Sends what waits, oldest first, until nothing waits. An id sent twice is one message to the gateway. */
    async sendQueue() {
      if (this.sending) return;
      this.sending = true;
      while (this.running && this.caughtUp && this.session) {
        const wait = await alone('send', () => this.sendAll());
        if (!wait) break;
        await this.pause(wait);
      }
      this.sending = false;
    }

    /** Returns the milliseconds to wait before going on, or 0 when nothing is left that could be sent now. */
    async sendAll() {
      for (let item; (item = this.queue()[0]); ) {
        const { id, text, button } = item;
        try {
          const body = JSON.stringify(button ? { id, button } : { id, text });
          await this.request('messages', { method: 'POST', body, keepalive: body.length < 60_000 });
        } catch (error) {
          const { status = 0, sentence } = error;
          if (status === 401) {
            this.session = null;
            this.stream?.abort(); // the loop makes a new session, then comes back here
            return 0;
          }
          if (status === 429) this.view.onNotice(sentence);
          if (!status || status === 408 || status === 429 || status >= 500) {
            this.view.onWaiting(id);
            this.sendTries += 1;
            return error.wait || this.backoff(this.sendTries);
          }
          lasting.remove(item.key);
          this.view.onFailed(id, sentence);
          continue;
        }
        this.sendTries = 0;
        lasting.remove(item.key);
        this.view.onSent(id);
      }
      return 0;
    }

    async request(path, { token = this.session?.token, headers = {}, signal, ...rest } = {}) {
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), REQUEST_MS);
      signal?.addEventListener('abort', () => limit.abort(), { once: true });
      try {
        const response = await fetch(BASE + path, {
          ...rest,
          signal: limit.signal,
          cache: 'no-store',
          credentials: 'omit',
          headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }), ...(rest.body && { 'Content-Type': 'application/json' }) },
        });
        if (response.ok) return response;
        const answer = await response.json().catch(() => null);
        throw new Refusal(response, answer?.error?.message);
      } finally {
        clearTimeout(timer);
      }
    }

    backoff(tries) {
      return Math.min(500 * 2 ** tries, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
    }

    pause(milliseconds) {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.sleepers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        this.sleepers.add(done);
      });
    }

    /** The network is gone: what the old stream still believes does not matter. */
    cut() {
      this.stream?.abort();
      if (this.running) this.tell('offline');
    }

    sessionElsewhere(known) {
      if (!this.id || known.id === this.id) return;
      this.session = null;
      this.stream?.abort();
      this.wake();
    }

    wake() {
      for (const done of [...this.sleepers]) done();
    }
  }

  // ---------------------------------------------------------------- what the shopper sees

  const PHONE = '(max-width: 520px), (max-height: 480px)';
  const DAY_MS = 24 * 3600_000;

  class QuaysideChat extends HTMLElement {
    connectedCallback() {
      if (this.conversation) return;
      this.locale = OPTIONS.locale || navigator.language || null;
      this.dataset.position = OPTIONS.position === 'left' ? 'left' : 'right';
      this.unread = 0;
      this.build();
      const cached = lasting.get('texts');
      this.localise(cached?.asked === this.locale ? cached : { strings: OPTIONS.label ? { open_chat: OPTIONS.label } : {} });
      this.conversation = new Conversation(this);
      this.shown = new Map();
      this.listenToPage();
      const active = Date.now() - (lasting.get('active') || 0) < DAY_MS;
      if (ofThisTab.get('open') && !this.phone.matches) this.open({ focus: false });
      else if (active || this.conversation.queue().length) this.conversation.start();
    }

    // ---- building

    build() {
      const shadow = this.attachShadow({ mode: 'open' });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      shadow.adoptedStyleSheets = [sheet];

      this.badge = element('span', { class: 'badge', 'aria-hidden': 'true', hidden: true });
      this.launcher = element('button', { type: 'button', class: 'launcher', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', click: () => (this.panel.open ? this.close() : this.open()) });
      this.outside = element('p', { class: 'unseen', role: 'status' });

      this.face = element('span', { class: 'avatar', 'aria-hidden': 'true' }, icon('assistant'));
      this.heading = element('h2', { id: 'title' });
      this.with = element('p', { class: 'with' });
      this.closer = element('button', { type: 'button', class: 'icon', click: () => this.close() }, icon('close', 22));
      this.state = element('p', { class: 'state', role: 'status' });

      this.privacy = element('p', { class: 'privacy' });
      this.dots = element('div', { class: 'typing', 'aria-hidden': 'true', hidden: true }, element('i'), element('i'), element('i'));
      this.log = element('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', tabindex: '0', scroll: () => this.atEnd() && this.down.toggleAttribute('hidden', true) }, this.privacy, this.dots);
      this.down = element('button', { type: 'button', class: 'down', hidden: true, click: () => this.toEnd() });
      this.inside = element('p', { class: 'unseen', role: 'status' });

      this.notice = element('p', { class: 'notice', role: 'alert' });
      this.field = element('textarea', { rows: '1', enterkeyhint: 'send', autocomplete: 'off', 'aria-describedby': 'count', input: () => this.onInput(), keydown: (event) => this.onKey(event) });
      this.count = element('p', { class: 'count', id: 'count' });
      this.sender = element('button', { type: 'submit', class: 'send', disabled: true }, icon('send', 20));
      const form = element('form', { submit: (event) => this.onSubmit(event) }, element('div', { class: 'field' }, this.field, this.sender), this.count);

      this.panel = element(
        'dialog',
        { class: 'panel', 'aria-labelledby': 'title', cancel: (event) => this.onEscape(event), keydown: (event) => event.key === 'Escape' && this.onEscape(event) },
        element('header', {}, this.face, element('div', {}, this.heading, this.with), this.closer),
        this.state,
        element('div', { class: 'middle' }, this.log, this.down),
        this.inside,
        this.notice,
        form,
      );
      this.root = element('div', { class: 'root' }, this.panel, this.launcher, this.outside);
      paint(this.root, OPTIONS.accent);
      shadow.append(this.root);
    }

    listenToPage() {
      this.phone = matchMedia(PHONE);
      this.phone.addEventListener('change', () => this.panel.open && this.show());
      for (const type of ['resize', 'scroll']) window.visualViewport?.addEventListener(type, () => this.fit());
      addEventListener('online', () => this.conversation.wake());
      addEventListener('offline', () => this.conversation.cut());
      addEventListener('storage', (event) => this.onStorage(event));
      addEventListener('pagehide', () => this.conversation.stop());
      addEventListener('pageshow', (event) => event.persisted && this.conversation.begun && this.conversation.start());
      document.addEventListener('visibilitychange', () => this.onVisibility());
    }

    text(name, values = {}) {
      return (this.strings[name] || TEXTS[name]).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
    }

    localise({ strings, locale, direction }) {
      this.strings = strings || {};
      this.root.lang = locale || document.documentElement.lang || 'en';
      this.root.dir = direction === 'rtl' ? 'rtl' : 'ltr';
      this.heading.textContent = this.text('title');
      this.privacy.textContent = this.text('privacy_notice');
      this.down.textContent = this.text('new_message');
      this.field.placeholder = this.text('placeholder');
      for (const [node, name] of [[this.closer, 'close'], [this.log, 'history_label'], [this.field, 'message_label'], [this.sender, 'send']]) node.setAttribute('aria-label', this.text(name));
      if (!this.partner) this.meet('assistant');
      this.drawLauncher();
    }

    drawLauncher() {
      const open = this.panel.open;
      const label = this.text(open ? 'close' : 'open_chat');
      const unread = this.unread ? ` (${this.text('new_messages', { count: this.unread })})` : '';
      this.launcher.replaceChildren(icon(open ? 'fold' : 'chat', 28), this.badge);
      this.launcher.setAttribute('aria-label', label + unread);
      this.launcher.setAttribute('aria-expanded', `${open}`);
      this.badge.textContent = this.unread > 99 ? '99+' : this.unread;
      this.badge.hidden = !this.unread;
    }

    /** Shows in the header who answers: the assistant, or a person by name. */
    meet(from, name) {
      this.partner = this.speaker(from, name);
      this.with.textContent = from === 'person' ? this.text('from_person', { name: this.partner }) : this.partner;
      this.face.replaceWith((this.face = this.avatar(from, this.partner)));
    }

    speaker(from, name) {
      if (from === 'person') return name || this.text('title');
      return this.text({ shopper: 'from_you', system: 'from_system' }[from] || 'assistant_name');
    }

    avatar(from, name) {
      const person = from === 'person';
      return element('span', { class: `avatar ${from}`, 'aria-hidden': 'true' }, person ? [...name][0].toLocaleUpperCase() : icon('assistant'));
    }

    // ---- opening and closing

    /** Opens the chat. `draft`: a text for the shopper to send or change. Part of the page's interface (README.md). */
    open({ draft = '', focus = true } = {}) {
      if (!this.panel.open) {
        this.opener = this.shadowRoot.activeElement || document.activeElement;
        this.show();
        ofThisTab.set('open', true);
        this.setUnread(0);
        this.toEnd();
      }
      if (draft) {
        this.field.value = draft;
        this.onInput();
      }
      this.conversation.start();
      if (focus) this.field.focus();
    }

    /** On a phone the panel is the screen, and modal; elsewhere the page beside it stays usable. */
    show() {
      const focused = this.shadowRoot.activeElement;
      if (this.panel.open) this.panel.close();
      if (this.phone.matches) this.panel.showModal();
      else this.panel.show();
      this.lockPage(this.phone.matches);
      this.fit();
      this.drawLauncher();
      focused?.focus();
    }

    close() {
      if (!this.panel.open) return;
      this.panel.close();
      ofThisTab.remove('open');
      this.lockPage(false);
      this.drawLauncher();
      const page = this.opener && this.opener !== document.body && this.opener !== this && this.opener.isConnected;
      (page && !this.shadowRoot.contains(this.opener) ? this.opener : this.launcher).focus();
    }

    lockPage(locked) {
      document.documentElement.style.overflow = locked ? 'hidden' : '';
    }

    /** Keeps the panel in the part of the screen that the keyboard leaves free. */
    fit() {
      const view = window.visualViewport;
      if (!view || !this.panel.open || !this.phone.matches) return;
      const end = this.atEnd();
      this.panel.style.setProperty('--view-height', `${view.height}px`);
      this.panel.style.setProperty('--view-top', `${view.offsetTop}px`);
      if (end) this.toEnd();
    }

    onEscape(event) {
      if (event.isComposing) return; // it ends the composition, not the chat
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }

    onVisibility() {
      clearTimeout(this.hiding);
      if (!document.hidden) {
        if (this.conversation.begun) this.conversation.start();
        return;
      }
      this.hiding = setTimeout(() => this.conversation.queue().length || this.conversation.stop(), HIDDEN_MS);
    }

    /** Another tab has a new session, or has read what was new. */
    onStorage({ key, newValue }) {
      if (key === `${lasting.prefix}read`) this.setUnread(0);
      if (key === `${lasting.prefix}session` && newValue) this.conversation.sessionElsewhere(JSON.parse(newValue));
    }

    // ---- what the conversation tells

    onSession(session) {
      const { strings, locale, direction } = session;
      this.limit = session.message_max_chars || DEFAULT_LIMIT;
      lasting.set('texts', { asked: this.locale, strings, locale, direction });
      this.localise(session);
      this.onInput();
    }

    onExpired() {
      this.retire();
      for (const node of this.log.querySelectorAll('.pending')) node.remove(); // shown again below, where they are sent
      this.shown.clear();
      this.meet('assistant');
      this.onTyping({ on: false });
      this.append(this.message({ from: 'system', text: this.text('expired'), at: new Date().toISOString() }));
    }

    onHistory(entries) {
      // A conversation read again is not read aloud again; the greeting of a new one is.
      const again = entries.some((entry) => !entry.from || entry.from === 'shopper');
      if (again) this.log.setAttribute('aria-live', 'off');
      const read = lasting.get('read');
      let unread = 0;
      for (const entry of entries) {
        this.add(entry);
        unread = entry.id === read ? 0 : unread + (this.isOwn(entry) ? 0 : 1);
      }
      this.setUnread(this.panel.open || read === null ? 0 : unread);
      this.toEnd();
      setTimeout(() => this.log.setAttribute('aria-live', 'polite'), 500);
    }

    onMessage(entry) {
      const end = this.atEnd();
      const node = this.add(entry);
      if (!node) return;
      lasting.set('active', Date.now());
      if (this.isOwn(entry)) return void this.toEnd();
      this.onTyping({ on: false });
      this.setUnread(this.panel.open ? 0 : this.unread + 1);
      if (end) this.toEnd(node);
      else this.down.hidden = false;
    }

    onOwn(item) {
      const node = this.add({ ...item, from: 'shopper' });
      node?.classList.add('pending');
      this.toEnd();
    }

    onTyping({ on, name }) {
      const end = this.atEnd();
      this.dots.hidden = !on;
      clearTimeout(this.typingTimer);
      this.inside.textContent = '';
      if (!on) return;
      if (end) this.toEnd();
      // Said aloud only when it lasts: most answers come at once.
      this.typingTimer = setTimeout(() => (this.inside.textContent = this.text('typing', { name: name || this.partner })), 2000);
    }

    onState(state) {
      clearTimeout(this.stateTimer);
      const text = { online: '', connecting: this.text('connecting'), offline: this.text('offline'), reconnecting: this.text('failed_connect') }[state];
      // A short gap is nobody's business; a long one is.
      this.stateTimer = setTimeout(() => (this.state.textContent = text), { connecting: 700, reconnecting: 2500 }[state] || 0);
      if (state !== 'online') this.onTyping({ on: false });
    }

    onNotice(sentence) {
      this.notice.textContent = sentence || this.text('failed_connect');
    }

    onSent(id) {
      this.mark(id, '');
      this.notice.textContent = '';
    }

    onWaiting(id) {
      this.mark(id, 'pending', this.text('sending'));
    }

    onFailed(id, sentence) {
      this.mark(id, 'undelivered', this.text('failed_send'));
      this.notice.textContent = sentence || this.text('failed_send');
    }

    mark(id, state, text = '') {
      const node = this.shown.get(`shopper ${id}`);
      if (!node) return;
      node.classList.remove('pending', 'undelivered');
      if (state) node.classList.add(state);
      node.querySelector('.status').textContent = text;
    }

    // ---- messages

    isOwn(entry) {
      return !entry.from || entry.from === 'shopper';
    }

    /** Shows an entry unless it is shown already; returns its element when it is new. */
    add(entry) {
      const own = this.isOwn(entry);
      const key = own ? `shopper ${entry.id}` : `${entry.id}`;
      if (this.shown.has(key)) {
        if (own) this.mark(entry.id, '');
        return null;
      }
      if (own) this.retire(entry.text);
      const node = this.message({ ...entry, from: entry.from || 'shopper' });
      this.shown.set(key, node);
      if (!own) this.last = entry.id;
      this.append(node);
      return node;
    }

    append(node) {
      this.dots.before(node);
    }

    message({ from, name, text, buttons, card, at, language }) {
      if (from === 'assistant' || from === 'person') this.meet(from, name);
      const moment = new Date(at || Date.now());
      const who = this.speaker(from, name);
      this.separate(moment);
      const previous = this.dots.previousElementSibling?.said;
      const same = previous?.who === who && previous.from === from && moment - previous.moment < SAME_SPEAKER_MS;
      const time = element('time', { datetime: moment.toISOString() }, this.format(moment, { hour: 'numeric', minute: '2-digit' }));
      const node = element(
        'div',
        { class: `message ${from}${same ? ' same' : ''}`, lang: language },
        element('p', { class: 'meta' }, from === 'assistant' || from === 'person' ? this.avatar(from, who) : null, element('span', { class: 'who' }, who), time),
        text ? element('div', { class: 'bubble', dir: 'auto' }, ...withLinks(text)) : null,
        card ? this.card(card) : null,
        buttons?.length ? this.buttons(buttons) : null,
        from === 'shopper' ? element('p', { class: 'status' }) : null,
      );
      node.said = { who, from, moment };
      return node;
    }

    format(moment, options) {
      try {
        return new Intl.DateTimeFormat(this.root.lang, options).format(moment);
      } catch {
        return new Intl.DateTimeFormat(undefined, options).format(moment);
      }
    }

    /** A line with the day where a new one begins, and above a conversation that began on another. */
    separate(moment) {
      const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);
      const day = midnight(moment);
      const today = midnight(Date.now());
      const begins = this.day === undefined ? day !== today : day !== this.day;
      this.day = day;
      if (begins) this.append(element('p', { class: 'day' }, this.format(moment, { weekday: 'long', day: 'numeric', month: 'long' })));
    }

    buttons(buttons) {
      const choose = (event, { token, title }) => {
        // Focus must not fall out of the chat with the button that goes grey; a thumb needs no keyboard on the screen.
        (event.pointerType === 'touch' ? this.log : this.field).focus();
        this.send({ button: token, text: title });
      };
      const nodes = buttons.map((button) => element('button', { type: 'button', dir: 'auto', disabled: !button.token, click: (event) => choose(event, button) }, button.title));
      return element('div', { class: 'buttons', role: 'group', 'aria-label': this.text('choices_label') }, ...nodes);
    }

    /** The shopper has spoken: buttons above belong to a question that is over. */
    retire(answer) {
      for (const button of this.log.querySelectorAll('.buttons button:enabled')) {
        button.disabled = true;
        if (button.textContent === answer) button.classList.add('chosen');
      }
    }

    card({ type, title, subtitle, status, progress, fields, items, link }) {
      const line = (className, text, tag = 'p') => (text ? element(tag, { class: className, dir: 'auto' }, text) : null);
      const steps = progress?.of > 1 && progress.of < 20 ? [...Array(progress.of).keys()] : null;
      const href = link && webAddress(link.url);
      return element(
        'article',
        { class: 'card', 'aria-label': title },
        element('div', { class: 'head' }, icon(ICONS[type] ? type : 'order'), element('div', {}, line('name', title), line('sub', subtitle))),
        status || steps
          ? element(
              'div',
              {},
              line('now', status),
              steps && element('div', { class: 'progress', role: 'img', 'aria-label': this.text('progress', progress) }, ...steps.map((step) => element('span', { class: step < progress.step ? 'done' : '' }))),
            )
          : null,
        fields?.length ? element('dl', {}, ...fields.flatMap(({ label, value }) => [element('dt', {}, label), element('dd', {}, element('bdi', {}, value))])) : null,
        items?.length ? element('ul', {}, ...items.map((item) => element('li', {}, line('', item.title, 'span'), line('detail', item.detail, 'span')))) : null,
        href ? element('a', { class: 'link', href, target: '_blank', rel: 'noopener noreferrer' }, link.title, element('span', { class: 'unseen' }, ` (${this.text('opens_new_tab')})`)) : null,
      );
    }

    setUnread(count) {
      const more = count > this.unread;
      this.unread = count;
      if (!count && this.last !== undefined && this.panel.open && lasting.get('read') !== this.last) lasting.set('read', this.last);
      this.drawLauncher();
      this.outside.textContent = more ? this.text('new_messages', { count }) : '';
    }

    atEnd() {
      return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 48;
    }

    /** Scrolls to the end, or to the beginning of a message that is taller than the panel. */
    toEnd(node) {
      this.down.hidden = true;
      const top = node ? node.offsetTop - 12 : Infinity;
      this.log.scrollTop = Math.min(top, this.log.scrollHeight - this.log.clientHeight);
    }

    // ---- writing

    onInput() {
      const field = this.field;
      field.style.height = '';
      if (field.scrollHeight > field.clientHeight) field.style.height = `${field.scrollHeight}px`;
      const left = (this.limit || DEFAULT_LIMIT) - length(field.value.trim());
      const shown = left < 0 ? this.text('too_long', { count: -left }) : left <= 200 ? this.text('characters_left', { count: left }) : '';
      // Told aloud when it begins and when it is too much, not at every key.
      const told = left < 0 ? 'over' : shown && 'near';
      if (told !== this.told) this.inside.textContent = shown;
      this.told = told;
      this.count.textContent = shown;
      this.count.classList.toggle('over', left < 0);
      field.setAttribute('aria-invalid', `${left < 0}`);
      this.sender.disabled = left < 0 || !field.value.trim();
    }

    onKey(event) {
      // While an input method composes (Chinese, Japanese, Korean), Enter picks a word; Safari tells it by 229 only.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.submit();
    }

    onSubmit(event) {
      event.preventDefault();
      this.submit();
    }

    submit() {
      const text = this.field.value.trim();
      if (this.sender.disabled) return;
      this.field.value = '';
      this.notice.textContent = '';
      this.onInput();
      this.send({ text });
      this.field.focus();
    }

    send(content) {
      lasting.set('active', Date.now());
      this.onOwn(this.conversation.add(content));
      this.conversation.sendQueue();
    }
  }

  customElements.define('quayside-chat', QuaysideChat);
  const put = () => document.body.append(document.createElement('quayside-chat'));
  if (document.body) put();
  else addEventListener('DOMContentLoaded', put);
})();
