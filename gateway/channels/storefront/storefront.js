/* The demo shop's page: its language, its departments, the orders one can ask about. No framework, no build step. */
(() => {
  'use strict';

  const LANGUAGES = ['en', 'es', 'fr', 'de', 'zh-Hans'];
  const wanted = new URLSearchParams(location.search).get('lang');
  const language = LANGUAGES.includes(wanted) ? wanted : 'en';

  document.documentElement.lang = language;
  // The chat starts after this script. Without ?lang= it follows the shopper's browser.
  document.getElementById('chat').dataset.locale = wanted ? language : '';

  const chat = () => document.querySelector('quayside-chat');
  let texts = {};

  const mark = (link, current) => (current ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current'));

  const translate = async () => {
    if (language !== 'en') texts = await (await fetch(`/storefront/texts/${language}.json`)).json();
    for (const node of document.querySelectorAll('[data-text]')) node.textContent = texts[node.dataset.text] ?? node.textContent;
    for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', texts[node.dataset.label] ?? node.getAttribute('aria-label'));
    const price = new Intl.NumberFormat(language, { style: 'currency', currency: 'EUR' });
    for (const node of document.querySelectorAll('.price data')) node.textContent = price.format(node.value);
    for (const link of document.querySelectorAll('.languages a')) mark(link, link.lang === language);
  };

  const filter = (kind) => {
    for (const item of document.querySelectorAll('.products li')) item.hidden = kind !== '' && item.dataset.kind !== kind;
    for (const link of document.querySelectorAll('nav [data-kind]')) mark(link, link.dataset.kind === kind);
  };

  const cell = (...content) => {
    const node = document.createElement('td');
    node.append(...content);
    return node;
  };

  const row = ({ number, email, state }) => {
    const ask = document.createElement('button');
    ask.type = 'button';
    ask.className = 'button quiet small';
    ask.textContent = texts.ask ?? 'Ask';
    ask.setAttribute('aria-label', `${ask.textContent}: #${number}`);
    ask.addEventListener('click', () => chat()?.open({ draft: (texts.question ?? 'Where is my order #{number}?').replace('{number}', number) }));
    const line = document.createElement('tr');
    line.append(cell(`#${number}`), cell(email), cell(state), cell(ask));
    return line;
  };

  /** The orders worth asking about; the panel stays hidden where the shop offers none. */
  const offerOrders = async () => {
    const response = await fetch(`/storefront-data/demo-orders.json?lang=${language}`);
    if (response.status !== 200) return;
    const orders = await response.json();
    if (!orders.length) return;
    document.getElementById('orders').replaceChildren(...orders.map(row));
    document.getElementById('try').hidden = false;
  };

  for (const link of document.querySelectorAll('nav [data-kind]')) link.addEventListener('click', () => filter(link.dataset.kind));
  document.getElementById('talk').addEventListener('click', () => chat()?.open());
  filter('');
  translate()
    .catch((error) => console.warn('The page stays in English:', error.message))
    .then(offerOrders)
    .catch((error) => console.warn('No demo orders:', error.message));
})();
