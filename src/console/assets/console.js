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
  // Looking at an invitation does not use it up, so nobody need click for that.
  if (tokenForm.hasAttribute('data-token-go')) tokenForm.requestSubmit()
  else tokenForm.querySelector('button').focus()
}

for (const button of document.querySelectorAll('[data-copy]')) {
  const secret = button.parentElement.querySelector('[data-secret]')
  button.hidden = !navigator.clipboard
  button.addEventListener('click', () => {
    secret.select()
    void navigator.clipboard.writeText(secret.value)
    button.textContent = button.dataset.copy
  })
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

/** Brings the parts of a page to life that need more than a form; again for each part that comes later. */
const enliven = root => {
  for (const form of root.querySelectorAll('[data-upload]')) sendAsItIs(form)
  for (const part of root.querySelectorAll('[data-follow]')) follow(part)
}

/** Sends a file as the body itself; what the form says besides goes into the address, its token into a header. */
const sendAsItIs = form => {
  form.hidden = false
  form.addEventListener('submit', event => {
    event.preventDefault()
    const { _csrf: given, ...fields } = Object.fromEntries(new FormData(form))
    const { file } = fields
    delete fields.file
    const bar = form.querySelector('progress')
    const button = form.querySelector('button')
    const address = new URL(form.action)
    for (const [name, value] of Object.entries({ ...fields, fileName: file.name }))
      if (value !== '') address.searchParams.set(name, value)
    const request = new XMLHttpRequest()
    request.open('POST', address)
    request.setRequestHeader('x-csrf-token', given)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded, total }) => (bar.value = (loaded / total) * 100))
    request.addEventListener('load', () => {
      if (request.responseURL !== address.href) location.assign(request.responseURL)
      else replaceMain(request.responseText)
    })
    request.addEventListener('error', () => (button.disabled = false))
    bar.hidden = false
    button.disabled = true
    request.send(file)
  })
}

const replaceMain = text => {
  const main = new DOMParser().parseFromString(text, 'text/html').querySelector('main')
  document.querySelector('main').replaceWith(main)
  enliven(main)
  scrollTo(0, 0)
}

/** Shows how far a job has come, and the page as it is when the job is over. */
const follow = part => {
  const source = new EventSource(part.dataset.follow)
  const show = event => {
    const { percent, text } = JSON.parse(event.data)
    part.querySelector('progress').value = percent
    part.querySelector('[data-text]').textContent = text
  }
  source.addEventListener('progress', show)
  source.addEventListener('end', event => {
    show(event)
    source.close()
    location.reload()
  })
}

enliven(document)

// The list of a page that stands open is read again when the server says that something has changed in it.
const live = document.querySelector('[data-live]')
if (live) {
  const source = new EventSource(live.dataset.live)
  source.addEventListener('changed', () => {
    void htmx.ajax('GET', live.dataset.part, { target: live, swap: 'innerHTML' })
  })
  addEventListener('pagehide', () => source.close())
}
