// Every word that the app says.
export const text = {
  starting: 'Loading the model …',
  offlineReady: 'Works without a network from now on.',
  loadFailed: 'The model could not be loaded',
  notSure: 'Not sure',
  notSureHint: 'None of the answers is likely enough. Move closer, or try more light.',
  milliseconds: (ms: number) => `${ms.toFixed(0)} ms`,
  frames: (rate: number) => `${rate.toFixed(0)} per second`,
  answer: (label: string, percent: string) => `${label}, ${percent}`,
  startCamera: 'Start camera',
  stopCamera: 'Stop camera',
  cameraOff: 'The camera is off.',
  denied:
    'This page may not use the camera. Allow it in the browser’s site settings (the lock or camera sign beside the ' +
    'address), then press “Start camera”. Photos can be picked without it.',
  noCamera: 'No camera was found. Connect one and press “Start camera”, or pick a photo.',
  busyCamera: 'The camera is in use elsewhere. Close the other app and press “Start camera”.',
  insecure: 'Browsers give the camera to pages on https or localhost only. Photos can be picked here.',
  badPhoto: 'This file is not a photo that the browser can read.',
  noWhy: 'This model has no map of where it looked: its last layers are not an average and a dense layer.',
  selfTestRunning: (done: number, all: number) => `Testing … ${done} of ${all}`,
  selfTest: (agree: number, all: number, difference: string) =>
    `Label agrees ${agree}/${all}, largest difference ${difference}`,
  selfTestPassed: 'Passed: this device answers as the computer that made the app.',
  selfTestFailed: (limit: string) => `Failed: labels or scores differ by more than ${limit}.`,
  golden: (index: number, label: string) => `Test photo ${index + 1}: ${label}`,
  engine: (module: string) => `Engine: ${module}`,
};
