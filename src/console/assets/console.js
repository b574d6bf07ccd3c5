// The pages work without this file: it fills in what only the browser knows, and lets the keyboard decide.
'use strict'

// A sign-in link carries its token behind the hash, which no server and no log ever sees; the reader's click sends it.
const token = /^#token=([A-Za-z0-9_-]{43})$/.exec(location.hash)?.[1]
const tokenForm = document.querySelector('[data-token-form]')
if (token && tokenForm) {
  tokenForm.elements.token.value = token
  tokenForm.elements.token.type = 'hidden'
  history.replaceState(null, '', location.pathname + location.search)
  for (const part of document.querySelectorAll('[data-without-token]')) part.hidden = true
  for (const part of document.querySelectorAll('[data-with-token]')) part.hidden = false
  tokenForm.querySelector('button').focus()
}

const queue = document.querySelector('[data-queue]')
if (queue) {
  const items = [...queue.querySelectorAll('[data-item]')]
  const current = () => items.findIndex(item => item.contains(document.activeElement))
  const go = place => items[Math.max(0, Math.min(items.length - 1, place))]?.focus()
  const act = {
    j: () => go(current() + 1),
    k: () => go(current() - 1),
    Enter: item => item?.querySelector('h2 a').click(),
    i: item => item?.querySelector('button[data-key=i]')?.click(),
    h: item => open(item, 'h'),
    d: item => open(item, 'd'),
  }
  const open = (item, key) => {
    const move = item?.querySelector(`details[data-key=${key}]`)
    if (!move) return
    move.open = true
    move.querySelector('select, input[type=date]').focus()
  }
  document.addEventListener('keydown', event => {
    const isTyping = event.target.closest('input:not([type=checkbox]), select, textarea, button, a, summary')
    if (event.ctrlKey || event.metaKey || event.altKey || (isTyping && event.key !== 'Escape')) return
    if (event.key === 'Escape') {
      items[current()]?.focus()
      return
    }
    const run = act[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!run) return
    event.preventDefault()
    run(items[current()])
  })
}
