// include/paw/paw.h over Plan and Executor: checks every argument, keeps the message of the last failure.
#include <paw/paw.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "runtime/executor.h"
#include "runtime/map_plan.h"
#include "runtime/photo_input.h"
#include "tensor/tensor.h"

static_assert(PAW_BOOL == static_cast<int>(paw::DType::kBool) && PAW_BOOL + 1 == paw::kDTypeCount);
static_assert(PAW_MAX_RANK == paw::kMaxRank);

namespace {

struct Loaded {
  paw::Plan plan;
  std::vector<std::string> inputs, outputs, steps;  // names, terminated
};

// Not a std::string: a thread that ends must have nothing to destroy.
thread_local char last_error[512] = "";

paw_status failed(paw_status status, std::string_view message) {
  const std::size_t length = std::min(message.size(), sizeof(last_error) - 1);
  std::memcpy(last_error, message.data(), length);
  last_error[length] = '\0';
  return status;
}

paw_status invalid(std::string_view message) { return failed(PAW_INVALID_ARGUMENT, message); }

paw_status failed(const paw::Error& error) {
  return failed(error.code == paw::ErrorCode::kIo ? PAW_IO : PAW_BAD_PLAN, error.text());
}

paw_status wrong_index(std::string_view what, std::size_t index, std::size_t count) {
  return invalid("no " + std::string(what) + " " + std::to_string(index) + ": there are " + std::to_string(count));
}

std::vector<std::string> names(std::span<const paw::PlanPort> ports) {
  std::vector<std::string> out;
  for (const paw::PlanPort& port : ports) out.emplace_back(port.name);
  return out;
}

paw_port describe(const paw::PlanPort& port, const std::string& name) {
  paw_port out{};
  out.name = name.c_str();
  out.dtype = static_cast<paw_dtype>(port.type.dtype);
  out.rank = static_cast<std::int32_t>(port.type.shape.rank());
  std::ranges::copy(port.type.shape.extents(), out.shape);
  out.bytes = port.type.bytes();
  if (port.type.quant) {
    out.scale = port.type.quant->scale[0];
    out.zero_point = port.type.quant->zero_point[0];
  }
  return out;
}

// "f32[1,224,224,3], 602112 bytes"
std::string text(const paw::PlanPort& port) {
  return port.type.text() + ", " + std::to_string(port.type.bytes()) + " bytes";
}

}  // namespace

struct paw_plan {
  std::shared_ptr<const Loaded> loaded;
};

struct paw_session {
  std::shared_ptr<const Loaded> loaded;
  std::unique_ptr<paw::Executor> executor;
  std::unique_ptr<paw::PhotoInput> photo;
  paw_on_step on_step = nullptr;
  void* context = nullptr;
};

namespace {

paw_status load(paw::Bytes file, std::string_view where, paw_plan** plan) {
  auto loaded = paw::Plan::load(std::move(file), where);
  if (!loaded) return failed(loaded.error());
  auto all = std::make_shared<Loaded>();
  all->inputs = names(loaded->inputs());
  all->outputs = names(loaded->outputs());
  for (const paw::PlanStep& step : loaded->steps()) all->steps.emplace_back(step.source);
  all->plan = std::move(*loaded);
  *plan = new paw_plan{std::move(all)};
  return PAW_OK;
}

void report(void* context, std::size_t step, std::uint64_t begin, std::uint64_t end) {
  const auto& session = *static_cast<const paw_session*>(context);
  const paw::PlanStep& first = session.loaded->plan.steps()[step];
  paw_step out{session.loaded->steps[step].c_str(), first.def->name, 0, begin, end};
  for (const paw::PlanStep& one : session.loaded->plan.steps().subspan(step)) {
    if (one.group != first.group) break;
    out.macs += one.macs;
  }
  session.on_step(session.context, &out);
}

}  // namespace

const char* paw_last_error(void) { return last_error; }

paw_status paw_plan_load(const void* data, size_t bytes, paw_plan** plan) {
  if (data == nullptr || plan == nullptr) return invalid("paw_plan_load: null pointer");
  return load(paw::Bytes::copy_of({static_cast<const std::byte*>(data), bytes}), "plan", plan);
}

paw_status paw_plan_load_file(const char* path, paw_plan** plan) {
  if (path == nullptr || plan == nullptr) return invalid("paw_plan_load_file: null pointer");
  auto file = paw::map_plan(path);
  if (!file) return failed(file.error());
  return load(std::move(*file), path, plan);
}

void paw_plan_free(paw_plan* plan) { delete plan; }

size_t paw_plan_input_count(const paw_plan* plan) { return plan == nullptr ? 0 : plan->loaded->inputs.size(); }

size_t paw_plan_output_count(const paw_plan* plan) { return plan == nullptr ? 0 : plan->loaded->outputs.size(); }

paw_status paw_plan_input(const paw_plan* plan, size_t index, paw_port* port) {
  if (plan == nullptr || port == nullptr) return invalid("paw_plan_input: null pointer");
  const Loaded& loaded = *plan->loaded;
  if (index >= loaded.inputs.size()) return wrong_index("input", index, loaded.inputs.size());
  *port = describe(loaded.plan.inputs()[index], loaded.inputs[index]);
  return PAW_OK;
}

paw_status paw_plan_output(const paw_plan* plan, size_t index, paw_port* port) {
  if (plan == nullptr || port == nullptr) return invalid("paw_plan_output: null pointer");
  const Loaded& loaded = *plan->loaded;
  if (index >= loaded.outputs.size()) return wrong_index("output", index, loaded.outputs.size());
  *port = describe(loaded.plan.outputs()[index], loaded.outputs[index]);
  return PAW_OK;
}

paw_status paw_session_create(const paw_plan* plan, int32_t threads, paw_session** session) {
  if (plan == nullptr || session == nullptr) return invalid("paw_session_create: null pointer");
  if (threads < 1 || threads > PAW_MAX_THREADS) {
    return invalid(std::to_string(threads) + " threads are outside 1 to " + std::to_string(PAW_MAX_THREADS));
  }
  const auto isa = paw::choose_isa();
  if (!isa) return invalid(isa.error().text());
  auto made = std::make_unique<paw_session>();
  made->loaded = plan->loaded;
  made->executor = std::make_unique<paw::Executor>(made->loaded->plan, *isa, threads);
  made->photo = std::make_unique<paw::PhotoInput>(*isa);
  *session = made.release();
  return PAW_OK;
}

void paw_session_free(paw_session* session) { delete session; }

paw_status paw_session_set_input(paw_session* session, size_t index, paw_dtype dtype, const int64_t* shape,
                                 int32_t rank, const void* data, size_t bytes) {
  if (session == nullptr || data == nullptr || (shape == nullptr && rank != 0)) {
    return invalid("paw_session_set_input: null pointer");
  }
  const std::span<const paw::PlanPort> ports = session->loaded->plan.inputs();
  if (index >= ports.size()) return wrong_index("input", index, ports.size());
  const paw::PlanPort& port = ports[index];
  const auto expected = port.type.shape.extents();
  const std::string place = "input " + std::to_string(index) + " is " + text(port) + ": ";
  if (dtype != static_cast<paw_dtype>(port.type.dtype)) return invalid(place + "got another element type");
  if (rank < 0 || rank > PAW_MAX_RANK || !std::ranges::equal(expected, std::span(shape, static_cast<size_t>(rank)))) {
    return invalid(place + "got another shape");
  }
  if (bytes != port.type.bytes()) return invalid(place + "got " + std::to_string(bytes));
  std::memcpy(session->executor->input(index), data, bytes);
  return PAW_OK;
}

paw_status paw_session_input_data(paw_session* session, size_t index, void** data, size_t* bytes) {
  if (session == nullptr || data == nullptr) return invalid("paw_session_input_data: null pointer");
  const std::span<const paw::PlanPort> ports = session->loaded->plan.inputs();
  if (index >= ports.size()) return wrong_index("input", index, ports.size());
  *data = session->executor->input(index);
  if (bytes != nullptr) *bytes = ports[index].type.bytes();
  return PAW_OK;
}

static_assert(PAW_FIT == static_cast<int>(paw::ImageGeometry::kFit) &&
              PAW_NEAREST == static_cast<int>(paw::ImageFilter::kNearest) &&
              PAW_GRAY == static_cast<int>(paw::ImageColor::kGray));

static paw::PhotoRecord record_of(const paw_preprocess& p) {
  paw::PhotoRecord record{.width = p.width,
                          .height = p.height,
                          .geometry = static_cast<paw::ImageGeometry>(p.geometry),
                          .resize_short = p.resize_short,
                          .filter = static_cast<paw::ImageFilter>(p.filter),
                          .color = static_cast<paw::ImageColor>(p.color),
                          .pad_value = p.pad_value};
  std::ranges::copy(p.scale, record.scale.begin());
  std::ranges::copy(p.bias, record.bias.begin());
  return record;
}

paw_status paw_session_set_photo(paw_session* session, size_t index, const paw_preprocess* preprocess,
                                 const uint8_t* pixels, int32_t width, int32_t height, int32_t channels) {
  if (session == nullptr || preprocess == nullptr || pixels == nullptr) {
    return invalid("paw_session_set_photo: null pointer");
  }
  const std::span<const paw::PlanPort> ports = session->loaded->plan.inputs();
  if (index >= ports.size()) return wrong_index("input", index, ports.size());
  const char* problem = session->photo->run(record_of(*preprocess), pixels, width, height, channels, ports[index].type,
                                            session->executor->input(index));
  return problem == nullptr ? PAW_OK : invalid(problem);
}

paw_status paw_photo_window(const paw_preprocess* preprocess, int32_t width, int32_t height, double window[4]) {
  if (preprocess == nullptr || window == nullptr) return invalid("paw_photo_window: null pointer");
  paw::ImageResize resize;
  if (const char* problem = paw::plan_photo(record_of(*preprocess), width, height, resize)) return invalid(problem);
  const auto part = [](const paw::ImageAxis& axis, double& first, double& count) {
    const double scale = static_cast<double>(axis.source) / axis.scaled;
    first = axis.first * scale;
    count = axis.count * scale;
  };
  part(resize.x, window[0], window[2]);
  part(resize.y, window[1], window[3]);
  return PAW_OK;
}

paw_status paw_session_run(paw_session* session) {
  if (session == nullptr) return invalid("paw_session_run: null pointer");
  session->executor->run();
  return PAW_OK;
}

paw_status paw_session_read_output(const paw_session* session, size_t index, paw_dtype dtype, void* data,
                                   size_t bytes) {
  if (session == nullptr || data == nullptr) return invalid("paw_session_read_output: null pointer");
  const std::span<const paw::PlanPort> ports = session->loaded->plan.outputs();
  if (index >= ports.size()) return wrong_index("output", index, ports.size());
  const std::string place = "output " + std::to_string(index) + " is " + text(ports[index]) + ": ";
  if (dtype != static_cast<paw_dtype>(ports[index].type.dtype)) return invalid(place + "asked for another type");
  if (bytes != ports[index].type.bytes()) return invalid(place + "asked for " + std::to_string(bytes));
  std::memcpy(data, session->executor->output(index), bytes);
  return PAW_OK;
}

paw_status paw_session_read_real(const paw_session* session, size_t index, float* data, size_t count) {
  if (session == nullptr || data == nullptr) return invalid("paw_session_read_real: null pointer");
  const std::span<const paw::PlanPort> ports = session->loaded->plan.outputs();
  if (index >= ports.size()) return wrong_index("output", index, ports.size());
  const paw::TensorType& type = ports[index].type;
  if (count != static_cast<size_t>(type.shape.elements())) {
    return invalid("output " + std::to_string(index) + " is " + text(ports[index]) + ": got room for " +
                   std::to_string(count) + " numbers");
  }
  const double scale = type.quant ? static_cast<double>(type.quant->scale[0]) : 1;
  const std::int32_t zero = type.quant ? type.quant->zero_point[0] : 0;
  const auto* from = static_cast<const std::byte*>(session->executor->output(index));
  for (size_t i = 0; i < count; ++i) {
    const double stored = paw::load_element(type.dtype, from, static_cast<std::int64_t>(i));
    data[i] = static_cast<float>((stored - zero) * scale);
  }
  return PAW_OK;
}

paw_status paw_session_output_data(const paw_session* session, size_t index, const void** data, size_t* bytes) {
  if (session == nullptr || data == nullptr) return invalid("paw_session_output_data: null pointer");
  const std::span<const paw::PlanPort> ports = session->loaded->plan.outputs();
  if (index >= ports.size()) return wrong_index("output", index, ports.size());
  *data = session->executor->output(index);
  if (bytes != nullptr) *bytes = ports[index].type.bytes();
  return PAW_OK;
}

paw_status paw_session_set_profiler(paw_session* session, paw_on_step on_step, void* context) {
  if (session == nullptr) return invalid("paw_session_set_profiler: null pointer");
  session->on_step = on_step;
  session->context = context;
  session->executor->set_profiler(on_step == nullptr ? paw::Profiler{} : paw::Profiler{report, session});
  return PAW_OK;
}
