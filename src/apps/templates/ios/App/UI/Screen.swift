import SwiftUI

/// What is on the screen: camera or picked photo to the classifier, its answers to the views. On the main thread, but for `worker`.
final class Screen: ObservableObject {
    @Published private(set) var info: ModelInfo?
    @Published private(set) var canExplain = false
    @Published private(set) var message: String?
    @Published private(set) var mayOpenSettings = false
    @Published private(set) var cameraRuns = false
    @Published private(set) var photo: UIImage?
    @Published private(set) var answer: Answer?
    @Published private(set) var scores: [Float] = []
    @Published private(set) var speed = ""
    @Published var smooths = true { didSet { smoothing.reset() } }
    @Published var explains = false { didSet { explainsChanged() } }

    private(set) lazy var camera = Camera(worker: worker) { [weak self] photo in self?.onFrame(photo) }
    private let worker = DispatchQueue(label: "classifier")
    private var classifier: Classifier?  // on `worker`
    private var workerExplains = false  // on `worker`
    private var smoothing = Smoothing()
    private var times: [TimeInterval] = []  // when the last frames were answered

    var mirrored: Bool { photo == nil && camera.front }

    func load() {
        guard info == nil else { return }
        message = text("loading")
        run({ $0 }) { [weak self] result in
            guard let self = self else { return }
            switch result {
            case .success(let classifier):
                self.info = classifier.info
                self.canExplain = classifier.canExplain
                self.startCamera()
            case .failure(let error):
                self.message = text("load_failed", String(describing: error))
            }
        }
    }

    func startCamera() {
        photo = nil
        clear()
        camera.start { [weak self] failure in
            guard let self = self else { return }
            if self.photo != nil { return self.camera.stop() }  // one was picked meanwhile
            self.cameraRuns = failure == nil
            self.mayOpenSettings = failure == .denied
            switch failure {
            case .denied: self.message = text("camera_denied")
            case .busy: self.message = text("camera_busy")
            case .noCamera: self.message = text("camera_none")
            case nil: self.message = nil
            }
        }
    }

    func turnCamera() {
        camera.front.toggle()
        startCamera()
    }

    /// In the background the camera rests: other apps may want it.
    func pause() {
        camera.stop()
        cameraRuns = false
    }

    func resume() {
        if info != nil, photo == nil { startCamera() }
    }

    func show(_ picked: UIImage?) {
        camera.stop()
        cameraRuns = false
        clear()
        mayOpenSettings = false
        photo = picked
        guard let image = picked else {
            message = text("bad_photo")
            return
        }
        message = nil
        let explain = explains
        run({ try $0.classify(Photo(of: image), explain: explain) }) { [weak self] result in
            guard let self = self, self.photo === image else { return }
            switch result {
            case .success(let answer): self.show(answer, live: false)
            case .failure: self.message = text("bad_photo")
            }
        }
    }

    /// Runs all golden photos; `progress` on the main thread: how many are done, the last one's picture and label.
    func selfTest(
        progress: @escaping (Int, UIImage, String) -> Void, done: @escaping (Result<SelfTest, Error>) -> Void
    ) {
        run({ classifier in
            var test = SelfTest(tolerance: classifier.info.tolerance)
            for index in classifier.info.golden.indices {
                let label = classifier.info.labels[best(try classifier.check(index, &test))]
                let picture = try classifier.goldenImage(index)
                DispatchQueue.main.async { progress(index + 1, picture, label) }
            }
            return test
        }, done)
    }

    private func onFrame(_ photo: Photo) {
        guard let answer = try? classifier?.classify(photo, explain: workerExplains) else { return }
        DispatchQueue.main.async { [weak self] in
            guard let self = self, self.cameraRuns, self.photo == nil else { return }
            self.show(answer, live: true)
        }
    }

    private func show(_ new: Answer, live: Bool) {
        answer = new
        scores = live && smooths ? smoothing.add(new.scores) : new.scores
        guard live else {
            speed = text("milliseconds", new.milliseconds)
            return
        }
        times = Array((times + [ProcessInfo.processInfo.systemUptime]).suffix(10))
        let span = max(times[times.count - 1] - times[0], 0.001)
        speed = text("milliseconds_and_rate", new.milliseconds, Int((Double(times.count - 1) / span).rounded()))
    }

    private func explainsChanged() {
        let explain = explains
        worker.async { [weak self] in self?.workerExplains = explain }
        if let shown = photo { show(shown) }
    }

    private func clear() {
        smoothing.reset()
        times = []
        answer = nil
        scores = []
        speed = ""
    }

    // `work` on the worker's queue, with the classifier, which is loaded when it is first wanted; `done` on the main one.
    private func run<T>(_ work: @escaping (Classifier) throws -> T, _ done: @escaping (Result<T, Error>) -> Void) {
        worker.async { [weak self] in
            let result = Result<T, Error> {
                let ready = try self?.classifier ?? Classifier()
                self?.classifier = ready
                return try work(ready)
            }
            DispatchQueue.main.async { done(result) }
        }
    }
}
