// One peer, one page: its own code untouched, the given browser, lossless frames.
// node run.mjs TOOL BROWSER PAGE_URL FRAMES FPS WIDTH HEIGHT FOLDER  →  one JSON line; frames as FOLDER/0000.png …
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [tool, browserPath, url, framesText, fpsText, widthText, heightText, folder] = process.argv.slice(2)
const [frames, fps, width, height] = [framesText, fpsText, widthText, heightText].map(Number)
const require = createRequire(import.meta.url)
const taken = []
const began = performance.now()
let first = began

if (tool === 'timesnap') {
  await require('timesnap')({
    url, fps, frames, viewport: { width, height }, quiet: true,
    executablePath: browserPath, launchArguments: ['--no-sandbox'],
    frameProcessor: data => { if (!taken.length) first = performance.now(); taken.push(data) },
  })
} else {
  const { capture, launch } = await import('puppeteer-capture')
  const browser = await launch({ executablePath: browserPath, args: ['--no-sandbox'] })
  const page = await browser.newPage()
  await page.setViewport({ width, height })
  const recorder = await capture(page, { fps })
  recorder.on('frameCaptured', (index, timestamp, data) => {
    if (!taken.length) first = performance.now()
    if (taken.length < frames) taken.push(Buffer.from(data))
  })
  await page.goto(url)
  // Frames are counted, not encoded: what is measured is the capture.
  const target = new (await import('node:stream')).PassThrough()
  target.resume()
  await recorder.start(target, { dropCapturedFrames: true })
  await recorder.waitForTimeout(frames / fps * 1000)
  recorder.stop().catch(() => {})
  await Promise.race([browser.close(), new Promise(done => setTimeout(done, 3000))])
}
const ended = performance.now()
mkdirSync(folder, { recursive: true })
taken.forEach((data, index) => writeFileSync(`${folder}/${String(index).padStart(4, '0')}.png`, data))
console.log(JSON.stringify({
  frames: taken.length, seconds: (ended - began) / 1000, filming: (ended - first) / 1000 }))
process.exit(0)
