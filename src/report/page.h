// A run as one page: what is known of it as plain numbers, texts and pictures, and the page made from them. What is not
// known is empty; the page then says so in a sentence, or leaves the cell empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/charts.h"
#include "report/html.h"

namespace paw::report {

// One of the six stages.
struct Stage {
  std::string name, made_of;           // "Train", "photos"
  std::vector<std::string> lines;      // shapes, files, sizes
  std::optional<double> seconds = {};  // none: not measured
  bool done = false;
  std::string missing;  // what to do, when it is not done
};

struct ClassRow {
  std::string label;
  std::int64_t files = 0, train = 0, val = 0, test = 0, left_out = 0;
  Picture sheet;  // some of its photos
};

// What the data gate says of files, by verdict.
struct Finding {
  std::string verdict;  // "near_duplicate"
  std::int64_t count = 0;
  bool used = true;                   // all the same
  std::string why;                    // it matters
  std::vector<std::string> examples;  // "path: reason"
};

// A photo with what is said of it.
struct Shown {
  std::string path, label, said;
  double score = 0, label_score = 0;  // of what was said, of what is right
  Picture picture;
};

struct DataPart {
  std::int64_t files = 0;
  std::vector<ClassRow> classes;
  std::int64_t more_classes = 0;  // that are not listed
  std::vector<Finding> findings;
  std::vector<std::string> warnings;    // of the gate, of classes and of the whole
  std::vector<Shown> likely_mislabels;  // said: the suggested label
  std::string no_pictures;              // why there are none
};

struct Epoch {
  std::int64_t epoch = 0;
  double loss = 0, accuracy = 0, val_loss = 0, val_accuracy = 0, learning_rate = 0;
  std::optional<double> images_per_s = {};
};

// What a way of training came to.
struct Way {
  std::string name;  // "transfer from ..."
  std::int64_t epochs = 0;
  double val_accuracy = 0, test_accuracy = 0;
  std::optional<double> seconds = {};
};

struct TrainingPart {
  std::string way;  // "transfer from ..."
  std::vector<Epoch> epochs;
  std::int64_t best_epoch = 0;
  std::int64_t classes = 2;
  std::vector<Way> ways;  // the run's own and others on the same photos; empty: it was not compared
  std::vector<std::pair<std::string, std::string>> settings;
};

struct ClassQuality {
  std::string label;
  std::int64_t images = 0;
  double precision = 0, recall = 0, f1 = 0;
};

struct QualityPart {
  std::int64_t images = 0;
  double top1 = 0, low = 0, high = 0;  // with its 95 % interval
  double ece = 0;
  double threshold = 0;               // below it an answer is "not sure"
  std::optional<double> temperature;  // that scores were divided by
  std::optional<std::int64_t> not_sure;
  std::optional<double> top1_of_rest;
  std::vector<ClassQuality> classes;
  std::vector<std::vector<std::int64_t>> confusion;  // [true class][said class]
  std::vector<ScoreBin> bins;                        // empty: not known
  std::vector<Shown> mistakes, unsure;               // the worst, the least sure first
  std::int64_t all_mistakes = 0;
  std::string no_pictures;
};

struct FileRow {
  std::string file, use;  // "exports/model.tflite"; where it runs
  std::string recipe;     // "none": as it was trained
  std::uint64_t bytes = 0;
  std::optional<double> top1 = {}, agreement = {}, max_abs_diff = {}, ms = {};
  std::int64_t images = 0;  // that it was judged on
  bool optimized() const { return recipe != "none" && !recipe.empty(); }
};

struct KeptLayer {
  std::string file, layer, why;
};

struct Tried {
  std::string recipe, refused;
  std::uint64_t bytes = 0;
  double drop = 0;
  bool best_of_its_size = false;
};

struct FilesPart {
  std::uint64_t float_bytes = 0;  // weights of the model at four bytes each; 0: not known
  double max_drop = 0.01;
  std::vector<FileRow> files;  // model.paw first
  std::vector<KeptLayer> kept;
  std::vector<Tried> tried;
  std::vector<std::string> refused;
};

struct Step {
  std::string title, text;
  Picture picture;
};

// What a layer makes of the photo, in the trained model and in the smaller file.
struct LayerMaps {
  std::string title, text;
  Picture trained, small;  // small: empty where that file has no such layer
};

struct LayerTime {
  std::string name, op, shape;
  std::optional<double> ms = {};
  double zeros = 0;  // share of its numbers
};

struct Answer {
  std::string model;
  std::vector<double> scores;  // of each class
};

struct JourneyPart {
  std::string photo, label;     // in the data set; empty: none was at hand
  std::string missing;          // why
  std::vector<Step> steps;      // preprocessing
  std::vector<LayerMaps> maps;  // of selected layers
  std::vector<LayerTime> layers;
  Picture overlay;  // where the model looked
  std::vector<std::string> labels;
  std::vector<Answer> answers;  // a model each
};

struct App {
  std::string title, folder;
  std::vector<std::string> open;  // how, a step each; commands between backquotes
  std::uint64_t files = 0, bytes = 0;
};

struct Golden {
  Picture picture;
  std::vector<double> scores;  // of each class
};

struct AppsPart {
  std::vector<App> apps;
  std::vector<Step> screens;  // how the web app looks
  std::vector<std::string> labels;
  std::vector<Golden> golden;
  double tolerance = 0;
};

// The same held-out photos through every file.
struct ParityRow {
  std::string file, engine, note;
  std::int64_t images = 0;
  std::optional<double> agreement = {}, max_abs_diff = {};
};

// One held-out photo through every file.
struct HeldOut {
  std::string path, label;
  struct Said {
    std::string file, label;
    double score = 0;
  };
  std::vector<Said> said;
  Picture picture;
};

struct Page {
  std::string title;  // "cat or dog"
  std::string version;
  std::vector<std::string> labels;
  std::string shape;  // "1000 x 224 x 224 x 3"
  std::int64_t input_width = 0, input_height = 0;
  std::vector<Stage> stages;
  DataPart data;
  TrainingPart training;
  QualityPart quality;
  FilesPart files;
  JourneyPart journey;
  AppsPart apps;
  std::vector<ParityRow> parity;
  std::vector<HeldOut> held_out;
};

// One HTML file: no script, no request, nothing but what it is given; the same page gives the same bytes.
std::string render(const Page& page);

}  // namespace paw::report
