/* Quayside's storefront chat: one classic script. README.md beside it says how it works. */
(() => {
  'use strict';

  const script = document.currentScript;
  if (!script || customElements.get('quayside-chat')) return;

  const BASE = new URL('.', script.src).href;
  const PREFIX = `quayside:${BASE}:`;
  const OPTIONS = script.dataset;
  const DEFAULT_ACCENT = '#1f5c4d';
  const DEFAULT_LIMIT = 2000; // characters; the session may say otherwise
  const SILENCE_MS = 45_000; // three heartbeats missed
  const REQUEST_MS = 20_000;
  const DATABASE_MS = 2_000;
  const HIDDEN_MS = 60_000; // browsers allow six connections to a host: unseen tabs give theirs back
  const LONGEST_WAIT_MS = 30_000;
  const SAME_SPEAKER_MS = 5 * 60_000; // of one group

  // Until the session brings the shopper's language. Names as under `widget` in gateway/texts.yml.
  const TEXTS = {
    title: 'Chat with us',
    open_chat: 'Open the chat',
    minimise: 'Minimise the chat',
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

  const PHONE = '(max-width: 520px), (max-height: 480px)';
  const CSS = `
    :host { all: initial; position: fixed; inset: auto 0 0 auto; z-index: 2147483000; }
    :host([data-position=left]) { inset: auto auto 0 0; }
    @media print { :host { display: none; } }
    *, ::before, ::after { box-sizing: border-box; }
    h2, p, dl, dd, ul { margin: 0; padding: 0; font: inherit; }
    [hidden], p:empty:not([role]) { display: none !important; }
    .root {
      --surface: #fff; --soft: #f3f5f3; --line: #e2e6e3; --text: #1b2422; --mute: #5c6764; --alert: #b3261e; --person: #f8efe2;
      --ink: oklch(from var(--accent) min(l, .47) c h); --shade: 0 0 0 1px rgb(16 32 28 / .06), 0 18px 48px rgb(16 32 28 / .2);
      color: var(--text); color-scheme: light; text-align: start;
      font: 400 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "PingFang SC",
        "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
    }
    @media (prefers-color-scheme: dark) {
      .root {
        --surface: #171c1b; --soft: #232a28; --line: #343d3a; --text: #ecf1ef; --mute: #a4b0ac; --alert: #ff9c92; --person: #35301f;
        --ink: oklch(from var(--accent) max(l, .79) min(c, .11) h); --shade: 0 0 0 1px rgb(255 255 255 / .08), 0 18px 48px rgb(0 0 0 / .6);
        color-scheme: dark;
      }
    }
    button, textarea { margin: 0; padding: 0; border: 1px solid transparent; background: none; color: inherit; font: inherit; }
    button { cursor: pointer; -webkit-tap-highlight-color: transparent; }
    button:disabled { cursor: default; }
    :focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
    svg { display: block; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
    a { color: var(--ink); text-underline-offset: 2px; }
    .unseen, .same .meta, .system .meta, .shopper .who { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .launcher, .avatar, .icon, .send { display: grid; place-items: center; flex: none; border-radius: 50%; }
    .launcher, .avatar, .send, .shopper .bubble { background: var(--accent); color: var(--on-accent); }

    .launcher {
      position: absolute; inset: auto 20px 20px auto; width: 58px; height: 58px; margin-bottom: env(safe-area-inset-bottom, 0);
      box-shadow: 0 8px 24px rgb(16 32 28 / .28); transition: transform .18s;
    }
    .launcher:hover { transform: translateY(-2px); }
    .badge {
      position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-width: 22px; padding: 0 6px;
      border: 2px solid var(--surface); border-radius: 11px; background: #c0392b; color: #fff; font-size: 12px; font-weight: 600;
    }

    .panel {
      position: absolute; inset: auto 20px 94px auto; flex-direction: column; width: 396px; max-width: calc(100vw - 40px);
      height: min(680px, 100dvh - 118px); max-height: none; margin: 0; padding: 0; border: 0; border-radius: 20px;
      background: var(--surface); color: inherit; box-shadow: var(--shade); overflow: hidden;
    }
    .panel[open] { display: flex; animation: rise .22s ease-out; }
    .panel::backdrop { background: var(--surface); }
    @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
    :host([data-position=left]) :is(.launcher, .panel) { left: 20px; right: auto; }

    .top { display: flex; align-items: center; gap: 12px; padding-block: 14px 13px; padding-inline: 18px 12px; border-bottom: 1px solid var(--line); }
    .top > div { flex: 1; min-width: 0; }
    h2 { font-weight: 620; line-height: 1.35; overflow-wrap: anywhere; text-wrap: balance; }
    .with { color: var(--mute); font-size: 13px; line-height: 1.4; }
    .avatar { width: 38px; height: 38px; font-weight: 600; }
    .avatar svg { width: 55%; height: 55%; }
    .avatar.person { background: var(--person); color: var(--text); box-shadow: inset 0 0 0 1px var(--line); }
    .icon { width: 40px; height: 40px; color: var(--mute); }
    .icon:hover { background: var(--soft); color: var(--text); }
    .state { background: var(--soft); color: var(--mute); font-size: 13px; text-align: center; }
    .notice { color: var(--alert); font-size: 13px; }
    .state:not(:empty), .notice:not(:empty) { padding: 7px 18px; }

    .middle { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; }
    .log { flex: 1; padding: 18px 18px 10px; overflow: hidden auto; overscroll-behavior: contain; scrollbar-width: thin; }
    .log:focus-visible { outline-offset: -3px; }
    .message { display: flex; flex-direction: column; align-items: flex-start; gap: 7px; margin-top: 18px; animation: rise .2s ease-out; }
    .message.same { margin-top: 6px; }
    .message.shopper { align-items: flex-end; }
    .meta { display: flex; align-items: center; gap: 7px; color: var(--mute); font-size: 12.5px; line-height: 1.4; }
    .meta .avatar { width: 22px; height: 22px; font-size: 11px; }
    .who { color: var(--text); font-weight: 560; }
    .shopper .meta { margin-bottom: -3px; }
    .bubble { max-width: 88%; padding: 9px 14px; border: 1px solid transparent; border-radius: 18px; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; }
    .assistant .bubble, .person .bubble { border-start-start-radius: 6px; }
    .person .bubble { background: var(--person); }
    .shopper .bubble { border-end-end-radius: 6px; }
    .shopper .bubble a { color: inherit; }
    .status { color: var(--mute); font-size: 12.5px; }
    .undelivered .bubble { background: none; color: inherit; border-color: var(--alert); }
    .undelivered .status { color: var(--alert); }
    .message.system { align-items: center; }
    .system .bubble, .day, .privacy { padding: 0 8px; background: none; color: var(--mute); font-size: 13px; text-align: center; text-wrap: balance; }
    .day { margin-top: 20px; font-weight: 560; }

    .buttons { display: flex; flex-wrap: wrap; gap: 8px; max-width: 100%; padding-block: 2px; }
    .buttons button {
      min-height: 38px; padding: 7px 15px; border: 1px solid color-mix(in srgb, var(--ink) 45%, transparent); border-radius: 20px;
      color: var(--ink); font-size: 14.5px; font-weight: 520; line-height: 1.4; text-align: start; overflow-wrap: anywhere;
    }
    .buttons button:hover:enabled, .link { background: color-mix(in srgb, var(--ink) 9%, transparent); }
    .buttons button:disabled { border-color: var(--line); color: var(--mute); }
    .buttons .chosen { background: var(--soft); }

    .card { width: 100%; max-width: 340px; padding: 15px 16px 16px; border: 1px solid var(--line); border-radius: 16px; font-size: 14px; overflow-wrap: anywhere; }
    .card > * + * { margin-top: 12px; }
    .head { display: flex; gap: 11px; }
    .head svg { flex: none; color: var(--ink); }
    .name { font-size: 15px; font-weight: 620; }
    .sub, .detail, dt { color: var(--mute); }
    .card > .now + .progress { margin-top: 7px; }
    .now { color: var(--ink); font-weight: 580; }
    .progress { display: flex; gap: 4px; }
    .progress span { flex: 1; height: 5px; border-radius: 3px; background: var(--line); }
    .progress .done { background: var(--ink); }
    dl { display: grid; grid-template-columns: minmax(0, auto) minmax(0, 1fr); gap: 5px 16px; }
    dt { max-width: 130px; }
    dd, .detail { text-align: end; }
    .card ul { border-top: 1px solid var(--line); list-style: none; }
    .card li { display: flex; justify-content: space-between; gap: 14px; padding-block: 7px; border-bottom: 1px solid var(--line); }
    .link { display: block; padding: 8px 14px; border-radius: 12px; font-weight: 560; text-align: center; text-decoration: none; }
    .link:hover { text-decoration: underline; }

    .typing { display: flex; align-items: center; gap: 5px; width: max-content; margin-top: 12px; padding: 12px 14px; border: 1px solid transparent; border-radius: 18px; border-start-start-radius: 6px; background: var(--soft); }
    .typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--mute); animation: dot 1.3s infinite; }
    .typing i:nth-child(2) { animation-delay: .16s; }
    .typing i:nth-child(3) { animation-delay: .32s; }
    @keyframes dot { 0%, 60%, 100% { opacity: .35; } 30% { transform: translateY(-2px); } }
    .down { position: absolute; inset-block-end: 10px; inset-inline: 0; width: max-content; margin-inline: auto; padding: 6px 14px; border-radius: 18px; background: var(--text); color: var(--surface); font-size: 13px; font-weight: 560; }

    form { padding: 8px 12px 12px; }
    .field { display: flex; align-items: flex-end; border: 1px solid var(--line); border-radius: 24px; }
    .field:focus-within { border-color: var(--ink); box-shadow: 0 0 0 1px var(--ink); }
    textarea { flex: 1; min-width: 0; height: 46px; max-height: 138px; padding-block: 11px; padding-inline: 17px 4px; border: 0; resize: none; scrollbar-width: thin; }
    textarea:focus-visible { outline: 0; }
    textarea::placeholder { color: var(--mute); opacity: 1; }
    .send { width: 38px; height: 38px; margin: 4px; }
    .send:disabled { background: var(--soft); color: var(--mute); }
    [dir=rtl] .send svg { transform: scaleX(-1); }
    .count { padding: 5px 8px 0; color: var(--mute); font-size: 12.5px; text-align: end; }
    .count.over { color: var(--alert); }

    /* The whole screen, as much as the keyboard leaves of it: see fit(). */
    @media ${PHONE} {
      .panel.panel {
        position: fixed; top: var(--view-top, 0); left: var(--view-left, 0); width: var(--view-width, 100%); max-width: none;
        height: var(--view-height, 100dvh); border-radius: 0; padding: env(safe-area-inset-top, 0) env(safe-area-inset-right, 0)
          env(safe-area-inset-bottom, 0) env(safe-area-inset-left, 0);
      }
      textarea { font-size: 16px; } /* below 16px iOS zooms into the field */
    }
    @media (prefers-reduced-motion) { * { animation: none !important; transition: none !important; } }
    @media (forced-colors: active) {
      .launcher, .panel, .bubble, .avatar, .typing, .send, .progress span { border: 1px solid; }
      .progress .done { background: Highlight; forced-color-adjust: none; }
      .buttons button:disabled, .send:disabled { color: GrayText; }
      .field:focus-within { outline: 2px solid Highlight; }
    }
  `;

  const ICONS = {
    chat: 'M20 11.5a7.5 7.5 0 0 1-11 6.6L4.5 19.5 5.9 15A7.5 7.5 0 1 1 20 11.5zM9 10h7M9 13.2h4.5',
    close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
    fold: 'M6 9.5l6 6 6-6',
    send: 'M4.5 12h14M12.5 6l6 6-6 6',
    assistant: 'M12 3v3M6.5 8.5h11a2 2 0 0 1 2 2V17a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-6.5a2 2 0 0 1 2-2zM9.2 12.5v1.5M14.8 12.5v1.5',
    parcel: 'M4 8l8-4.5 8 4.5v8l-8 4.5L4 16zM4 8l8 4.5L20 8M12 12.5v8M8 5.8l8 4.5',
    order: 'M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9 8.5h6M9 12.5h6',
    case: 'M4 6h16v10.5h-8.5l-4 3.5v-3.5H4zM8 10h8M8 13h5',
  };

  /** An element ('tag.class'), its attributes and listeners, its children: text becomes text, never markup. */
  const element = (kind, attributes = {}, ...children) => {
    const [tag, ...classes] = kind.split('.');
    const node = document.createElement(tag);
    node.className = classes.join(' ');
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === 'function') node.addEventListener(name, value);
      else if (typeof value === 'boolean') node.toggleAttribute(name, value);
      else if (value != null) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child));
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

  const attempt = (work, otherwise = null) => {
    try {
      return work();
    } catch {
      return otherwise;
    }
  };

  /** An http(s) address, or null for anything else. */
  const webAddress = (text) => {
    const url = attempt(() => new URL(text));
    return /^https?:$/.test(url?.protocol) ? url.href : null;
  };

  // Chinese follows an address without a blank; punctuation at its end belongs to the sentence.
  const ADDRESS = /https?:\/\/[^\s<>"'\u3000-\u9fff\uff00-\uffef]+/gi;
  const NEW_TAB = { target: '_blank', rel: 'noopener noreferrer' };
  const withLinks = (text) => {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(ADDRESS)) {
      const shown = match[0].replace(/[.,;:!?)\]}]+$/, '');
      const href = webAddress(shown);
      if (!href) continue;
      parts.push(text.slice(end, match.index), element('a', { href, ...NEW_TAB }, shown));
      end = match.index + shown.length;
    }
    return [...parts, text.slice(end)];
  };

  /** Sets the shop's colour, and black or white on it, whichever reads better. */
  const paint = (root, wanted = '') => {
    const hex = wanted.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
    const accent = /^#[0-9a-f]{6}$/i.test(hex) ? hex : DEFAULT_ACCENT;
    const light = (at) => {
      const value = parseInt(accent.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    const luminance = 0.2126 * light(1) + 0.7152 * light(3) + 0.0722 * light(5);
    root.style.setProperty('--accent', accent);
    root.style.setProperty('--on-accent', luminance > 0.183 ? '#000' : '#fff');
  };

  /** What outlives the page; where a browser refuses storage, what lives as long as the page. */
  const keep = (storage) => {
    const memory = {};
    return {
      get: (key) => attempt(() => JSON.parse(memory[key] ?? storage().getItem(PREFIX + key))),
      set: (key, value) => {
        const text = JSON.stringify(value);
        delete memory[key];
        attempt(() => storage().setItem(PREFIX + key, text), true) && (memory[key] = text);
      },
      remove: (key) => {
        delete memory[key];
        attempt(() => storage().removeItem(PREFIX + key));
      },
      keys: () => {
        const stored = attempt(() => Object.keys(storage()), []).filter((key) => key.startsWith(PREFIX));
        return [...stored.map((key) => key.slice(PREFIX.length)), ...Object.keys(memory)];
      },
    };
  };
  const lasting = keep(() => localStorage);
  const ofThisTab = keep(() => sessionStorage);

  /** Asks the browser's database, which all tabs read alike: localStorage reaches other processes a little late. */
  const shared = (mode, work) =>
    new Promise((resolve) => {
      setTimeout(resolve, DATABASE_MS);
      const opening = indexedDB.open(PREFIX);
      opening.onerror = () => resolve();
      opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
      opening.onsuccess = () => {
        const request = attempt(() => work(opening.result.transaction('kept', mode).objectStore('kept')), {});
        request.onsuccess = request.onerror = () => resolve(request.result);
        opening.result.close();
      };
    }).catch(() => null);

  /** Runs `work` in one tab of this shop at a time, where the browser can. */
  const alone = (name, work) => (navigator.locks ? navigator.locks.request(PREFIX + name, work) : work());

  /** Server-sent events from text in any pieces. */
  class EventStreamParser {
    constructor(onEvent, id) {
      this.onEvent = onEvent;
      this.id = id;
      this.rest = '';
      this.clear();
    }

    clear() {
      this.type = '';
      this.data = [];
    }

    push(text) {
      if (!text) return;
      // A CR ends its line at once; the LF of a CRLF may come with the next piece.
      if (this.afterCr && text[0] === '\n') text = text.slice(1);
      this.afterCr = text.endsWith('\r');
      const lines = (this.rest + text).split(/\r\n|\n|\r/);
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

  /** An answer that is not success; `wait` is the time it asks for, in milliseconds, or 0. */
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

  /** All talk with the gateway. It knows nothing of the page: `view` hears what happens. */
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

    /** For ever: every failure leads back here, after a pause that grows. */
    async loop(run) {
      for (let tries = 0; run === this.run; ) {
        const began = Date.now();
        let wait;
        try {
          if (!navigator.onLine) throw new Error('offline');
          if (!this.online) this.view.onState(tries ? 'failed_connect' : 'connecting');
          if (!this.session) await this.begin();
          if (!this.caughtUp) await this.catchUp();
          this.sendQueue();
          await this.listen(run);
        } catch (error) {
          wait = error.wait;
          if (error.status === 401) this.session = null;
          if (error.status === 429 && run === this.run) this.view.onNotice(error.sentence);
        }
        if (run !== this.run) return;
        this.online = false;
        this.view.onState(navigator.onLine ? 'failed_connect' : 'offline');
        // A stream that held for a while earns a fresh start; one that breaks at once does not.
        tries = Date.now() - began > 5000 ? 0 : tries + 1;
        await this.pause(wait || this.backoff(tries));
      }
    }

    /** Takes up the conversation this browser knows, or a new one; one tab at a time, so that all share one. */
    async begin() {
      let before = this.id;
      this.session = await alone('session', async () => {
        const known = (await shared('readonly', (kept) => kept.get('session'))) ?? lasting.get('session');
        before ??= known?.id;
        const ask = (token) => this.request('sessions', { token, body: { locale: this.view.locale } });
        const response = await ask(known?.token).catch((error) => {
          if (!known || error.status !== 401) throw error;
          return ask();
        });
        const session = await response.json();
        const taken = { id: session.conversation_id, token: session.token };
        await shared('readwrite', (kept) => kept.put(taken, 'session'));
        lasting.set('session', taken);
        return session;
      });
      this.id = this.session.conversation_id;
      this.view.onSession(this.session);
      if (!before || before === this.id) return;
      this.caughtUp = false;
      this.view.onExpired();
    }

    async catchUp() {
      const history = await (await this.request('history')).json();
      this.lastEvent = history.last_event_id;
      for (const entry of history.entries) this.arrived(entry.id);
      this.view.onHistory(history.entries.map((entry) => ({ from: 'shopper', ...entry })));
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
        const response = await this.request('events', { lastEvent: this.lastEvent, signal: stream.signal });
        const parser = new EventStreamParser((event) => this.receive(event), this.lastEvent);
        const decoder = new TextDecoder();
        const reader = response.body.getReader();
        this.online = true;
        this.view.onState('');
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
      const content = attempt(() => JSON.parse(data), {});
      if (type === 'message') this.view.onMessage(content);
      else if (type === 'typing') this.view.onTyping(content);
      else if (type === 'echo') {
        this.arrived(content.id);
        this.view.onMessage({ ...content, from: 'shopper' });
      }
    }

    /** What is not sent yet, oldest first; a key each, so that tabs do not overwrite each other's. */
    queue() {
      const keys = lasting.keys().filter((key) => key.startsWith('out:')).sort();
      return keys.map((key) => ({ ...lasting.get(key), key })).filter((item) => item.id);
    }

    add(content) {
      const at = Math.max(Date.now(), this.clock + 1); // the key keeps the order
      this.clock = at;
      const item = { ...content, id: newId(), at: new Date(at).toISOString() };
      lasting.set(`out:${at}:${item.id}`, item);
      return item;
    }

    arrived(id) {
      for (const item of this.queue()) if (item.id === id) lasting.remove(item.key);
    }

    /** Sends what waits. An id sent twice is one message to the gateway. */
    async sendQueue() {
      if (this.sending) return this.sendTries && this.view.onWaiting();
      this.sending = true;
      while (this.running && this.caughtUp && this.session) {
        const wait = await alone('send', () => this.sendAll());
        if (!wait) break;
        await this.pause(wait);
      }
      this.sending = false;
    }

    /** Returns the milliseconds to wait before going on, or 0: nothing to do now. */
    async sendAll() {
      for (let item; (item = this.queue()[0]); ) {
        const { id, text, button } = item;
        try {
          await this.request('messages', { body: button ? { id, button } : { id, text } });
        } catch (error) {
          const { status = 0, sentence } = error;
          if (status === 401) {
            this.session = null;
            this.stream?.abort(); // the loop makes a new session, then comes back here
            return 0;
          }
          if (!lasting.get(item.key)) continue; // it has arrived: its echo was faster
          if (status === 429) this.view.onNotice(sentence);
          if (!status || status === 408 || status === 429 || status >= 500) {
            this.view.onWaiting();
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
        if (!this.online) this.wake(); // the gateway is back: so may the stream be
      }
      return 0;
    }

    async request(path, { token = this.session?.token, body, lastEvent, signal = AbortSignal.timeout(REQUEST_MS) } = {}) {
      const headers = {};
      if (token) headers.Authorization = `Bearer ${token}`;
      if (body) headers['Content-Type'] = 'application/json';
      if (lastEvent) headers['Last-Event-ID'] = lastEvent;
      const response = await fetch(BASE + path, { method: body ? 'POST' : 'GET', body: body && JSON.stringify(body), headers, signal, cache: 'no-store', credentials: 'omit' });
      if (response.ok) return response;
      const answer = await response.json().catch(() => null);
      throw new Refusal(response, answer?.error?.message);
    }

    backoff(tries) {
      return Math.min(500 * 2 ** tries, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
    }

    pause(milliseconds) {
      return new Promise((resolve) => {
        const done = () => resolve(this.sleepers.delete(done));
        this.sleepers.add(done);
        setTimeout(done, milliseconds);
      });
    }

    /** The network is gone, whatever the stream believes. */
    cut() {
      this.stream?.abort();
      if (this.running) this.view.onState('offline');
    }

    sessionElsewhere(known) {
      if (!this.id || known.id === this.id) return;
      this.session = null;
      this.stream?.abort();
      this.wake();
    }

    wake() {
      for (const done of this.sleepers) done();
    }
  }

  class QuaysideChat extends HTMLElement {
    connectedCallback() {
      if (this.conversation) return;
      this.locale = OPTIONS.locale || navigator.language || null;
      this.dataset.position = OPTIONS.position === 'left' ? 'left' : 'right';
      this.unread = 0;
      this.following = true;
      this.build();
      const cached = lasting.get('texts');
      this.localise(cached?.asked === this.locale ? cached : { strings: OPTIONS.label ? { open_chat: OPTIONS.label } : {} });
      this.conversation = new Conversation(this);
      this.shown = new Map();
      this.listenToPage();
      const active = Date.now() - (lasting.get('active') || 0) < 24 * 3600_000;
      if (ofThisTab.get('open') && !this.phone.matches) this.open({ focus: false });
      else if (active || this.conversation.queue().length) this.conversation.start();
    }

    build() {
      const shadow = this.attachShadow({ mode: 'open' });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      shadow.adoptedStyleSheets = [sheet];

      this.badge = element('span.badge', { 'aria-hidden': 'true', hidden: true });
      this.launcher = element('button.launcher', { 'aria-haspopup': 'dialog', click: () => (this.panel.open ? this.close() : this.open()) });
      this.outside = element('p.unseen', { role: 'status' });

      this.face = element('span.avatar', { 'aria-hidden': 'true' }, icon('assistant'));
      this.heading = element('h2', { id: 'title' });
      this.with = element('p.with');
      this.closer = element('button.icon', { click: () => this.close() }, icon('close', 22));
      this.state = element('p.state', { role: 'status' });

      this.privacy = element('p.privacy');
      this.dots = element('div.typing', { 'aria-hidden': 'true', hidden: true }, element('i'), element('i'), element('i'));
      this.log = element('div.log', { role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', tabindex: '0', scroll: () => this.onScroll() }, this.privacy, this.dots);
      this.down = element('button.down', { hidden: true, click: () => this.toEnd() });
      this.inside = element('p.unseen', { role: 'status' });

      this.notice = element('p.notice', { role: 'alert' });
      this.field = element('textarea', { rows: '1', enterkeyhint: 'send', 'aria-describedby': 'count', input: () => this.onInput() });
      this.count = element('p.count', { id: 'count' });
      this.sender = element('button.send', { disabled: true }, icon('send', 20));
      const form = element('form', { submit: (event) => this.submit(event) }, element('div.field', {}, this.field, this.sender), this.count);

      const top = element('div.top', {}, this.face, element('div', {}, this.heading, this.with), this.closer);
      const middle = element('div.middle', {}, this.log, this.down);
      this.panel = element('dialog.panel', { 'aria-labelledby': 'title', cancel: (event) => this.onEscape(event) }, top, this.state, middle, this.inside, this.notice, form);
      // What is typed here is not for the page: its own shortcuts would take it.
      const keys = { keydown: (event) => this.onKey(event), keypress: (event) => event.stopPropagation(), keyup: (event) => event.stopPropagation() };
      this.root = element('div.root', keys, this.panel, this.launcher, this.outside);
      paint(this.root, OPTIONS.accent);
      shadow.append(this.root);
    }

    listenToPage() {
      this.phone = matchMedia(PHONE);
      // The field grows, a keyboard comes: the end of the log stays in sight.
      new ResizeObserver(() => this.following && this.toEnd()).observe(this.log);
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
      if (this.privacy.textContent !== this.text('privacy_notice')) this.privacy.textContent = this.text('privacy_notice');
      this.down.textContent = this.text('new_message');
      this.field.placeholder = this.text('placeholder');
      for (const [node, name] of [[this.closer, 'close'], [this.log, 'history_label'], [this.field, 'message_label'], [this.sender, 'send']]) node.setAttribute('aria-label', this.text(name));
      if (!this.partner) this.meet('assistant');
      this.drawLauncher();
    }

    drawLauncher() {
      const open = this.panel.open;
      const label = this.text(open ? 'minimise' : 'open_chat');
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

    /** Opens the chat, for the page too; `draft` is a text for the shopper to change or send. */
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

    /** On a phone the panel is the screen, and modal. */
    show() {
      const focused = this.shadowRoot.activeElement || document.activeElement;
      if (this.panel.open) this.panel.close();
      if (this.phone.matches) this.panel.showModal();
      else this.panel.show();
      this.lockPage(this.phone.matches);
      this.fit();
      this.drawLauncher();
      this.shadowRoot.activeElement?.blur(); // a dialog takes the focus when it opens: open() decides
      focused?.focus();
    }

    close() {
      if (!this.panel.open) return;
      this.panel.close();
      ofThisTab.remove('open');
      this.lockPage(false);
      this.drawLauncher();
      (this.opener?.isConnected && this.opener !== document.body ? this.opener : this.launcher).focus();
    }

    lockPage(locked) {
      const { style } = document.documentElement;
      if (locked && style.overflow !== 'hidden') this.overflow = style.overflow;
      style.overflow = locked ? 'hidden' : (this.overflow ?? style.overflow);
    }

    /** Keeps the panel in the part of the screen that the keyboard leaves free. */
    fit() {
      const view = window.visualViewport;
      if (!view || !this.panel.open || !this.phone.matches) return;
      const values = { height: view.height, width: view.width, top: view.offsetTop, left: view.offsetLeft };
      for (const [name, value] of Object.entries(values)) this.panel.style.setProperty(`--view-${name}`, `${value}px`);
    }

    onEscape(event) {
      event.preventDefault();
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
      if (key === `${PREFIX}read`) this.setUnread(0);
      if (key === `${PREFIX}session` && newValue) this.conversation.sessionElsewhere(JSON.parse(newValue));
    }

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
      if (entries.some((entry) => entry.from === 'shopper')) this.log.setAttribute('aria-live', 'off');
      const read = lasting.get('read');
      let unread = 0;
      for (const entry of entries) {
        this.add(entry);
        unread = entry.id === read ? 0 : unread + (entry.from !== 'shopper');
      }
      for (const node of this.log.querySelectorAll('.pending')) this.append(node); // written before the greeting came
      this.setUnread(this.panel.open || read === null ? 0 : unread);
      this.toEnd();
      setTimeout(() => this.log.setAttribute('aria-live', 'polite'), 500);
    }

    onMessage(entry) {
      const { following } = this;
      const node = this.add(entry);
      if (!node) return;
      lasting.set('active', Date.now());
      if (entry.from === 'shopper') return void this.toEnd();
      this.onTyping({ on: false });
      this.setUnread(this.panel.open ? 0 : this.unread + 1);
      if (following) this.toEnd(node);
      else this.down.hidden = false;
    }

    onOwn(item) {
      this.add({ ...item, from: 'shopper' });
      this.mark(item.id, 'pending');
      this.toEnd();
    }

    onTyping({ on, name }) {
      this.dots.hidden = !on;
      clearTimeout(this.typingTimer);
      this.inside.textContent = '';
      if (!on) return;
      if (this.following) this.toEnd();
      // Said aloud only when it lasts: most answers come at once.
      this.typingTimer = setTimeout(() => (this.inside.textContent = this.text('typing', { name: name || this.partner })), 2000);
    }

    /** `state` is the name of the text that tells it, or '' when all is well. */
    onState(state) {
      if (state === this.now) return;
      this.now = state;
      clearTimeout(this.stateTimer);
      // A short gap is nobody's business; a long one is.
      const wait = { connecting: 700, failed_connect: 2500 }[state] || 0;
      this.stateTimer = setTimeout(() => (this.state.textContent = state && this.text(state)), wait);
      if (!state) this.notice.textContent = '';
      else this.onTyping({ on: false });
    }

    onNotice(sentence) {
      this.notice.textContent = sentence || this.text('failed_connect');
    }

    onSent(id) {
      this.mark(id);
      this.notice.textContent = '';
    }

    onWaiting() {
      for (const node of this.log.querySelectorAll('.pending')) node.lastChild.textContent = this.text('sending');
    }

    onFailed(id, sentence) {
      this.mark(id, 'undelivered', this.text('failed_send'));
      this.notice.textContent = sentence || this.text('failed_send');
    }

    /** Marks the shopper's message as 'pending', 'undelivered' or, without a state, sent. */
    mark(id, state, text = '') {
      const node = this.shown.get(`true ${id}`);
      if (!node) return;
      for (const name of ['pending', 'undelivered']) node.classList.toggle(name, name === state);
      node.lastChild.textContent = text;
    }

    /** Shows an entry unless it is shown already; returns its element when it is new. */
    add(entry) {
      const own = entry.from === 'shopper';
      const key = `${own} ${entry.id}`;
      if (this.shown.has(key)) return own ? this.mark(entry.id) : null;
      if (own) this.retire(entry.text);
      else this.last = entry.id;
      const node = this.message(entry);
      this.shown.set(key, node);
      this.append(node);
      return node;
    }

    append(node) {
      this.dots.before(node);
    }

    message({ from, name, text, buttons, card, at, language }) {
      if (from === 'system' && buttons?.length) from = 'assistant'; // the greeting
      const other = from === 'assistant' || from === 'person';
      if (other) this.meet(from, name);
      const moment = new Date(at || Date.now());
      const who = this.speaker(from, name);
      this.separate(moment);
      const previous = this.dots.previousElementSibling?.said;
      const same = previous?.who === who && previous.from === from && moment - previous.moment < SAME_SPEAKER_MS;
      const time = element('time', { datetime: moment.toISOString() }, this.format(moment, { hour: 'numeric', minute: '2-digit' }));
      const node = element(`div.message.${from}`, { lang: language });
      node.classList.toggle('same', same);
      node.append(element('p.meta', {}, other && this.avatar(from, who), element('span.who', {}, who), time));
      if (text) node.append(element('div.bubble', { dir: 'auto' }, ...withLinks(text)));
      if (card) node.append(this.card(card));
      if (buttons?.length) node.append(this.buttons(buttons));
      if (from === 'shopper') node.append(element('p.status'));
      node.said = { who, from, moment };
      return node;
    }

    /** A moment in the chat's language, the way the shopper's own country writes it. */
    format(moment, options) {
      const { lang } = this.root;
      const own = navigator.languages.find((tag) => tag.split('-')[0] === lang.split('-')[0]);
      return new Intl.DateTimeFormat(own || lang, options).format(moment);
    }

    /** A line with the day where a new one begins, and above a conversation that began on another. */
    separate(moment) {
      const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);
      const day = midnight(moment);
      const today = midnight(Date.now());
      const begins = this.day === undefined ? day !== today : day !== this.day;
      this.day = day;
      if (begins) this.append(element('p.day', {}, this.format(moment, { weekday: 'long', day: 'numeric', month: 'long' })));
    }

    buttons(buttons) {
      const choose = (event, { token, title }) => {
        // The pressed button goes grey and loses the focus; a thumb needs no keyboard on the screen.
        (event.pointerType === 'touch' ? this.log : this.field).focus();
        this.send({ button: token, text: title });
      };
      const nodes = buttons.map((button) => element('button', { dir: 'auto', disabled: !button.token, click: (event) => choose(event, button) }, button.title));
      return element('div.buttons', { role: 'group', 'aria-label': this.text('choices_label') }, ...nodes);
    }

    /** The shopper has spoken: buttons above belong to a question that is over. */
    retire(answer) {
      for (const button of this.log.querySelectorAll('.buttons button:enabled')) {
        button.disabled = true;
        if (button.textContent === answer) button.classList.add('chosen');
      }
    }

    card({ type, title, subtitle, status, progress, fields, items, link }) {
      const line = (kind, text) => text && element(kind, { dir: 'auto' }, text);
      const node = element('article.card', { 'aria-label': title });
      node.append(element('div.head', {}, icon(ICONS[type] ? type : 'order'), element('div', {}, line('p.name', title), line('p.sub', subtitle))));
      if (status) node.append(line('p.now', status));
      if (progress?.of < 20) {
        const steps = Array.from({ length: progress.of }, (_, step) => element(step < progress.step ? 'span.done' : 'span'));
        node.append(element('div.progress', { role: 'img', 'aria-label': this.text('progress', progress) }, ...steps));
      }
      if (fields?.length) node.append(element('dl', {}, ...fields.flatMap(({ label, value }) => [element('dt', {}, label), element('dd', {}, line('bdi', value))])));
      if (items?.length) node.append(element('ul', {}, ...items.map((item) => element('li', {}, line('span', item.title), line('span.detail', item.detail)))));
      const href = link && webAddress(link.url);
      if (href) node.append(element('a.link', { href, ...NEW_TAB }, link.title, element('span.unseen', {}, ` (${this.text('opens_new_tab')})`)));
      return node;
    }

    setUnread(count) {
      const more = count > this.unread;
      this.unread = count;
      if (!count && this.last !== undefined && this.panel.open && lasting.get('read') !== this.last) lasting.set('read', this.last);
      this.drawLauncher();
      this.outside.textContent = more ? this.text('new_messages', { count }) : '';
    }

    onScroll() {
      this.following = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 48;
      if (this.following) this.down.hidden = true;
    }

    /** Scrolls to the end, or to the beginning of a message that is taller than the panel. */
    toEnd(node) {
      this.down.hidden = true;
      const top = node ? node.offsetTop - 12 : Infinity;
      this.log.scrollTop = Math.min(top, this.log.scrollHeight - this.log.clientHeight);
      this.onScroll();
    }

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
      event.stopPropagation();
      // While an input method composes, the keys are its own; Safari tells it by 229 only.
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === 'Escape') this.onEscape(event);
      if (event.key === 'Enter' && !event.shiftKey && event.target === this.field) this.submit(event);
    }

    submit(event) {
      event.preventDefault();
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
