#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>

#include "lower/lower.h"
#include "nets/nets.h"
#include "paw/paw.hpp"

namespace {
std::atomic<std::size_t> allocations = 0;
}

// Every allocation of this program is counted: those of malloc and its like, with the address sanitizer, which has them
// to itself, those of operator new, with the thread sanitizer, which has both, none.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PAW_COUNTS_NOTHING
#endif
#endif
#if defined(PAW_COUNTS_NOTHING)
#elif defined(__SANITIZE_ADDRESS__)
void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  std::abort();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
#else
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* p, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
void* malloc(std::size_t bytes) {
  ++allocations;
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  ++allocations;
  return __libc_calloc(count, bytes);
}
void* realloc(void* p, std::size_t bytes) {
  ++allocations;
  return __libc_realloc(p, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++allocations;
  return __libc_memalign(alignment, bytes);
}
}
#endif

namespace paw {
namespace {

const Bytes& plan_file() {
  static const Bytes file = [] {
    const auto model = build_net("mobilenet_v2", {.size = 64, .width = 0.35, .classes = 3});
    return *lower(model->graph);
  }();
  return file;
}

void fill(std::span<std::byte> input) {
  auto* x = reinterpret_cast<float*>(input.data());
  for (std::size_t i = 0; i < input.size() / sizeof(float); ++i) x[i] = static_cast<float>(i % 17) / 17.0f;
}

std::vector<float> scores_of(const api::Session& session) {
  fill(session.input(0));
  EXPECT_TRUE(session.run());
  std::vector<float> scores(session.output(0).size() / sizeof(float));
  std::memcpy(scores.data(), session.output(0).data(), session.output(0).size());
  return scores;
}

TEST(CApi, DescribesAPlan) {
  const api::Plan plan = api::Plan::load(plan_file().span());
  ASSERT_TRUE(plan) << api::error();
  ASSERT_EQ(plan.inputs(), 1u);
  ASSERT_GE(plan.outputs(), 1u);
  const paw_port input = plan.input(0);
  EXPECT_STREQ(input.name, "image");
  EXPECT_EQ(input.dtype, PAW_F32);
  ASSERT_EQ(input.rank, 4);
  EXPECT_EQ(input.shape[1], 64);
  EXPECT_EQ(input.shape[4], 0);
  EXPECT_EQ(input.bytes, 64u * 64 * 3 * sizeof(float));
  EXPECT_EQ(input.scale, 0.0f);
}

TEST(CApi, SameBitsForAnyThreadsAndEveryRun) {
  const api::Plan plan = api::Plan::load(plan_file().span());
  const api::Session one(plan, 1), two(plan, 2);
  const std::vector<float> expected = scores_of(one);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(scores_of(one), expected);
    EXPECT_EQ(scores_of(two), expected);
  }
}

TEST(CApi, RunAllocatesNothing) {
  const api::Plan plan = api::Plan::load(plan_file().span());
  const api::Session session(plan, 2);
  scores_of(session);
  const std::size_t before = allocations;
#if defined(PAW_COUNTS_NOTHING)
  GTEST_SKIP() << "the thread sanitizer counts for itself";
#endif
  for (int i = 0; i < 10; ++i) session.run();
  EXPECT_EQ(allocations, before);
  EXPECT_GT(before, 0u);
}

TEST(CApi, ASessionOutlivesItsPlan) {
  auto plan = std::make_unique<api::Plan>(api::Plan::load(plan_file().span()));
  const api::Session session(*plan, 1);
  const std::vector<float> expected = scores_of(session);
  plan.reset();
  EXPECT_EQ(scores_of(session), expected);
}

TEST(CApi, CopiesInputsAndOutputs) {
  const api::Plan plan = api::Plan::load(plan_file().span());
  const api::Session session(plan, 1);
  const std::vector<float> expected = scores_of(session);
  const paw_port input = plan.input(0), output = plan.output(0);
  std::vector<std::byte> image(input.bytes);
  fill(image);
  ASSERT_EQ(paw_session_set_input(session.get(), 0, PAW_F32, input.shape, 4, image.data(), image.size()), PAW_OK);
  ASSERT_EQ(paw_session_run(session.get()), PAW_OK);
  std::vector<float> scores(output.bytes / sizeof(float));
  ASSERT_EQ(paw_session_read_output(session.get(), 0, PAW_F32, scores.data(), output.bytes), PAW_OK);
  EXPECT_EQ(scores, expected);
}

TEST(CApi, TheProfilerSeesEveryMac) {
  const api::Plan plan = api::Plan::load(plan_file().span());
  const api::Session session(plan, 1);
  std::int64_t macs = 0;
  const auto add = [](void* context, const paw_step* step) {
    EXPECT_LE(step->begin_ns, step->end_ns);
    EXPECT_NE(step->kind[0], '\0');
    EXPECT_NE(step->name, nullptr);
    *static_cast<std::int64_t*>(context) += step->macs;
  };
  ASSERT_EQ(paw_session_set_profiler(session.get(), add, &macs), PAW_OK);
  scores_of(session);
  EXPECT_GT(macs, 1'000'000);
  const std::int64_t once = macs;
  ASSERT_EQ(paw_session_set_profiler(session.get(), nullptr, nullptr), PAW_OK);
  scores_of(session);
  EXPECT_EQ(macs, once);
}

// A call that must fail with this status and a message.
void refused(paw_status got, paw_status expected, const char* message) {
  EXPECT_EQ(got, expected) << message;
  EXPECT_NE(std::strstr(paw_last_error(), message), nullptr) << "'" << paw_last_error() << "' lacks " << message;
}

TEST(CApi, RefusesNullPointers) {
  const api::Plan plan = api::Plan::load(plan_file().span());
  const api::Session session(plan, 1);
  paw_plan* loaded = nullptr;
  paw_session* made = nullptr;
  paw_port port{};
  void* data = nullptr;
  const void* result = nullptr;
  float x = 0;
  const paw_status statuses[] = {paw_plan_load(nullptr, 10, &loaded),
                                 paw_plan_load(&x, 4, nullptr),
                                 paw_plan_load_file(nullptr, &loaded),
                                 paw_plan_load_file("x", nullptr),
                                 paw_plan_input(nullptr, 0, &port),
                                 paw_plan_output(nullptr, 0, &port),
                                 paw_plan_input(plan.get(), 0, nullptr),
                                 paw_plan_output(plan.get(), 0, nullptr),
                                 paw_session_create(nullptr, 1, &made),
                                 paw_session_create(plan.get(), 1, nullptr),
                                 paw_session_set_input(nullptr, 0, PAW_F32, nullptr, 0, &x, 4),
                                 paw_session_set_input(session.get(), 0, PAW_F32, nullptr, 4, &x, 4),
                                 paw_session_set_input(session.get(), 0, PAW_F32, nullptr, 0, nullptr, 4),
                                 paw_session_input_data(nullptr, 0, &data, nullptr),
                                 paw_session_input_data(session.get(), 0, nullptr, nullptr),
                                 paw_session_run(nullptr),
                                 paw_session_read_output(nullptr, 0, PAW_F32, &x, 4),
                                 paw_session_read_output(session.get(), 0, PAW_F32, nullptr, 4),
                                 paw_session_output_data(nullptr, 0, &result, nullptr),
                                 paw_session_output_data(session.get(), 0, nullptr, nullptr),
                                 paw_session_set_profiler(nullptr, nullptr, nullptr)};
  for (std::size_t i = 0; i < std::size(statuses); ++i) EXPECT_EQ(statuses[i], PAW_INVALID_ARGUMENT) << i;
  EXPECT_NE(std::strstr(paw_last_error(), "null"), nullptr);
  EXPECT_EQ(paw_plan_input_count(nullptr), 0u);
  EXPECT_EQ(paw_plan_output_count(nullptr), 0u);
  paw_plan_free(nullptr);
  paw_session_free(nullptr);
}

TEST(CApi, RefusesWrongIndicesShapesTypesAndSizes) {
  const api::Plan plan = api::Plan::load(plan_file().span());
  const api::Session session(plan, 1);
  paw_session* s = session.get();
  paw_session* made = nullptr;
  paw_port port = plan.input(0);
  std::vector<std::byte> image(port.bytes);
  void* data = nullptr;
  const void* result = nullptr;
  refused(paw_plan_input(plan.get(), 1, &port), PAW_INVALID_ARGUMENT, "no input 1");
  refused(paw_plan_output(plan.get(), 99, &port), PAW_INVALID_ARGUMENT, "no output 99");
  refused(paw_session_create(plan.get(), 0, &made), PAW_INVALID_ARGUMENT, "threads");
  refused(paw_session_create(plan.get(), PAW_MAX_THREADS + 1, &made), PAW_INVALID_ARGUMENT, "threads");
  ::setenv("PAW_ISA", "sse9", 1);
  refused(paw_session_create(plan.get(), 1, &made), PAW_INVALID_ARGUMENT, "PAW_ISA");
  ::unsetenv("PAW_ISA");
  refused(paw_session_input_data(s, SIZE_MAX, &data, nullptr), PAW_INVALID_ARGUMENT, "no input");
  refused(paw_session_output_data(s, SIZE_MAX, &result, nullptr), PAW_INVALID_ARGUMENT, "no output");
  const auto set = [&](std::size_t index, paw_dtype dtype, std::int32_t rank, std::size_t bytes) {
    return paw_session_set_input(s, index, dtype, port.shape, rank, image.data(), bytes);
  };
  refused(set(1, PAW_F32, 4, image.size()), PAW_INVALID_ARGUMENT, "no input 1");
  refused(set(0, PAW_U8, 4, image.size()), PAW_INVALID_ARGUMENT, "element type");
  for (const std::int32_t rank : {-1, 0, 3, 5, 7}) {
    refused(set(0, PAW_F32, rank, image.size()), PAW_INVALID_ARGUMENT, "shape");
  }
  refused(set(0, PAW_F32, 4, image.size() - 1), PAW_INVALID_ARGUMENT, "bytes");
  port.shape[1] = 65;
  refused(set(0, PAW_F32, 4, image.size()), PAW_INVALID_ARGUMENT, "shape");
  refused(paw_session_read_output(s, 99, PAW_F32, image.data(), 4), PAW_INVALID_ARGUMENT, "no output 99");
  refused(paw_session_read_output(s, 0, PAW_I8, image.data(), 12), PAW_INVALID_ARGUMENT, "type");
  refused(paw_session_read_output(s, 0, PAW_F32, image.data(), 13), PAW_INVALID_ARGUMENT, "asked for 13");
  EXPECT_EQ(made, nullptr);
  EXPECT_EQ(data, nullptr);
}

class CApiFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "paw-c-api-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    write(path(), plan_file().size());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return (folder_ / "net.plan").string(); }
  static void write(const std::string& path, std::size_t bytes) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(plan_file().data()), static_cast<std::streamsize>(bytes));
  }
  std::filesystem::path folder_;
};

TEST_F(CApiFiles, AMappedPlanAnswersLikeOneInMemory) {
  const api::Plan mapped = api::Plan::load_file(path().c_str());
  ASSERT_TRUE(mapped) << api::error();
  EXPECT_EQ(scores_of(api::Session(mapped, 1)), scores_of(api::Session(api::Plan::load(plan_file().span()), 1)));
}

TEST_F(CApiFiles, RefusesWhatIsNoPlan) {
  paw_plan* plan = nullptr;
  refused(paw_plan_load_file((path() + ".not").c_str(), &plan), PAW_IO, "net.plan.not");
  refused(paw_plan_load_file(folder_.c_str(), &plan), PAW_IO, "not a file");
  write(path(), plan_file().size() - 1);
  refused(paw_plan_load_file(path().c_str(), &plan), PAW_BAD_PLAN, "truncated");
  write(path(), 0);
  refused(paw_plan_load_file(path().c_str(), &plan), PAW_IO, "empty");
  refused(paw_plan_load("PAWPLAN", 8, &plan), PAW_BAD_PLAN, "too short");
  EXPECT_EQ(plan, nullptr);
}

TEST_F(CApiFiles, TheExampleRuns) {
  std::FILE* pipe = ::popen((std::string("'") + PAW_EXAMPLE + "' '" + path() + "'").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  char line[100] = "";
  EXPECT_NE(std::fgets(line, sizeof(line), pipe), nullptr);
  EXPECT_EQ(::pclose(pipe), 0);
  EXPECT_NE(std::strstr(line, " of 3: 0."), nullptr) << line;
}

}  // namespace
}  // namespace paw
