// JPEG by libjpeg-turbo, through libjpeg's interface: it alone tells how far a damaged file could be read.
// Settings that every platform must use to see the same pixels: accurate integer IDCT (JDCT_ISLOW), fancy upsampling,
// no scaling, no merged upsampling, no block smoothing.
#include <fmt/core.h>
// jpeglib.h wants these first.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <optional>

#include "vision/color_profile.h"
#include "vision/decoders/decoder.h"
#include "vision/exif.h"

namespace paw {
namespace {

using namespace std::string_view_literals;

// Each scan of a progressive file goes over all its blocks, and a scan can be written in 20 bytes. Encoders use 10 or
// so.
constexpr int kMaxScans = 100;
// For libjpeg's own tables, markers and rows; what the picture needs is added.
constexpr std::int64_t kBaseMemory = std::int64_t{64} << 20;

// One file being read. libjpeg reports errors by a function that must not return: it jumps back to where `guarded` was
// called. Nothing with a destructor may live in the functions jumped over, so they only call libjpeg.
class JpegReader {
 public:
  explicit JpegReader(std::span<const std::byte> file) : file_(file) {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = [](j_common_ptr info) { std::longjmp(of(info).jump_, 1); };
    errors_.emit_message = [](j_common_ptr info, int level) { of(info).on_message(level); };
    errors_.output_message = [](j_common_ptr) {};
    info_.client_data = this;
    progress_.progress_monitor = [](j_common_ptr info) { of(info).check_scans(); };
    source_.init_source = [](j_decompress_ptr) {};
    source_.fill_input_buffer = [](j_decompress_ptr info) -> boolean { return of(info).on_end(); };
    source_.skip_input_data = [](j_decompress_ptr info, long count) { of(info).skip(count); };
    source_.resync_to_restart = jpeg_resync_to_restart;
    source_.term_source = [](j_decompress_ptr) {};
  }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() {
    jpeg_destroy_decompress(&info_);
    std::free(icc_);
  }

  jpeg_decompress_struct& info() { return info_; }
  std::string& warning() { return warning_; }
  std::span<const std::byte> icc() const { return {reinterpret_cast<const std::byte*>(icc_), icc_bytes_}; }
  bool ended() const { return ended_; }
  // Bytes of the file that were not looked at.
  std::size_t left() const { return ended_ ? 0 : source_.bytes_in_buffer; }

  // Reads everything before the first scan. False: error() says why.
  bool open() {
    return guarded([this] {
      jpeg_CreateDecompress(&info_, JPEG_LIB_VERSION, sizeof(info_));
      info_.progress = &progress_;
      source_.next_input_byte = reinterpret_cast<const JOCTET*>(file_.data());
      source_.bytes_in_buffer = file_.size();
      info_.src = &source_;
      for (const int app : {1, 2}) jpeg_save_markers(&info_, JPEG_APP0 + app, 0xFFFF);
      jpeg_read_header(&info_, TRUE);
      jpeg_read_icc_profile(&info_, &icc_, &icc_bytes_);
    });
  }

  // False after libjpeg gave up.
  template <class Body>
  bool guarded(Body body) {
    if (setjmp(jump_) != 0) return false;
    body();
    return true;
  }

  std::string error() {
    if (too_many_scans_) return fmt::format("more than {} scans", kMaxScans);
    char text[JMSG_LENGTH_MAX];
    errors_.format_message(reinterpret_cast<j_common_ptr>(&info_), text);
    return text;
  }

  // Rows that were decoded from data, once all of it was looked at.
  std::int64_t rows_held() const {
    return std::min<std::int64_t>(rows_held_.value_or(info_.image_height), info_.image_height);
  }

 private:
  template <class Info>
  static JpegReader& of(Info* info) {
    return *static_cast<JpegReader*>(info->client_data);
  }

  void on_message(int level) {
    if (level >= 0) return;  // traces
    // The entropy decoder met a marker where it wanted data. At a restart marker it goes on behind it; at any other the
    // rest of this scan is empty.
    const bool restart = info_.unread_marker >= JPEG_RST0 && info_.unread_marker <= JPEG_RST0 + 7;
    if (errors_.msg_code == JWRN_HIT_MARKER && !restart) on_scan_cut();
    if (!warning_.empty()) return;
    if (ended_) {
      warning_ = "the file is truncated";
    } else {
      warning_ = error();
    }
  }

  // A later scan of a progressive file only refines what is there; a first one (Ss = 0, Ah = 0) leaves rows without
  // data.
  void on_scan_cut() {
    if (info_.Ss != 0 || info_.Ah != 0) return;
    const std::int64_t rows = std::int64_t{info_.input_iMCU_row} * info_.max_v_samp_factor * DCTSIZE;
    rows_held_ = std::min(rows, rows_held_.value_or(rows));
  }

  boolean on_end() {
    static constexpr JOCTET kEnd[] = {0xFF, JPEG_EOI};
    ended_ = true;
    if (warning_.empty()) warning_ = "the file is truncated";
    source_.next_input_byte = kEnd;
    source_.bytes_in_buffer = sizeof(kEnd);
    return TRUE;
  }

  void skip(long count) {
    if (count <= 0) return;
    const auto bytes = static_cast<std::size_t>(count);
    if (bytes > source_.bytes_in_buffer) {
      on_end();
      return;
    }
    source_.next_input_byte += bytes;
    source_.bytes_in_buffer -= bytes;
  }

  void check_scans() {
    if (info_.input_scan_number <= kMaxScans) return;
    too_many_scans_ = true;
    std::longjmp(jump_, 1);
  }

  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  jpeg_source_mgr source_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf jump_{};
  std::span<const std::byte> file_;
  std::string warning_;
  bool ended_ = false, too_many_scans_ = false;
  std::optional<std::int64_t> rows_held_;
  JOCTET* icc_ = nullptr;
  unsigned icc_bytes_ = 0;
};

bool matches(std::span<const std::byte> file) { return has_bytes(file, 0, "\xFF\xD8\xFF"sv); }

int orientation_of(const jpeg_decompress_struct& info) {
  for (auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const auto data = std::as_bytes(std::span(marker->data, marker->data_length));
    if (marker->marker == JPEG_APP0 + 1 && has_bytes(data, 0, "Exif\0"sv)) return exif_orientation(data);
  }
  return 1;
}

Result<PhotoHeader> open(JpegReader& reader, std::string_view where, const DecodeLimits& limits) {
  if (!reader.open()) {
    return fail(ErrorCode::kBadData, where,
                reader.ended() ? "a JPEG that ends inside its header"
                               : fmt::format("a JPEG with a broken header: {}", reader.error()));
  }
  const jpeg_decompress_struct& info = reader.info();
  PAW_RETURN_IF_ERROR(check_size(info.image_width, info.image_height, where, limits));
  const auto space = info.jpeg_color_space;
  if (space == JCS_UNKNOWN) {
    return fail(ErrorCode::kBadData, where,
                fmt::format("a JPEG of {} channels without a known meaning", info.num_components));
  }
  return PhotoHeader{.format = PhotoFormat::kJpeg,
                     .width = info.image_width,
                     .height = info.image_height,
                     .orientation = orientation_of(info),
                     .gray = space == JCS_GRAYSCALE,
                     .cmyk = space == JCS_CMYK || space == JCS_YCCK,
                     .bits = info.data_precision,
                     .icc = !reader.icc().empty()};
}

Result<PhotoHeader> header(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits) {
  JpegReader reader(file);
  return open(reader, where, limits);
}

// Adobe writes CMYK as 255 minus ink, and everyone who writes CMYK with Adobe's marker follows it. Without a profile
// the colour is what light of each ink's complement leaves: c * k / 255.
void cmyk_to_rgb(const std::uint8_t* cmyk, std::uint8_t* rgb, std::int64_t pixels, bool inverted) {
  const unsigned flip = inverted ? 0 : 255;
  for (std::int64_t i = 0; i < pixels; ++i, cmyk += 4, rgb += 3) {
    const unsigned key = cmyk[3] ^ flip;
    for (int c = 0; c < 3; ++c) rgb[c] = static_cast<std::uint8_t>(((cmyk[c] ^ flip) * key + 127) / 255);
  }
}

// The pixels of a file's rows, by libjpeg or from its inks.
class JpegRows {
 public:
  JpegRows(JpegReader& reader, const PhotoHeader& header) : reader_(reader), width_(header.width) {
    if (header.cmyk) inks_.resize(static_cast<std::size_t>(kRowsAtOnce * width_ * 4));
    if (header.cmyk && header.icc) open_profile();
  }

  // False after libjpeg gave up. A progressive file is read as a whole.
  bool start() {
    return reader_.guarded([&] {
      jpeg_decompress_struct& info = reader_.info();
      info.out_color_space = cmyk() ? JCS_CMYK : JCS_RGB;
      info.dct_method = JDCT_ISLOW;
      info.do_fancy_upsampling = TRUE;
      info.do_block_smoothing = FALSE;
      // Sixteen bytes a pixel: the coefficients of four channels, twice.
      const std::int64_t memory = kBaseMemory + std::int64_t{info.image_width} * info.image_height * 16;
      info.mem->max_memory_to_use = static_cast<long>(memory);
      jpeg_start_decompress(&info);
    });
  }

  // The next `count` rows, at most kRowsAtOnce. Fewer are there when libjpeg gave up.
  std::int64_t read(std::uint8_t* rgb, std::int64_t count) {
    jpeg_decompress_struct& info = reader_.info();
    const std::int64_t first = info.output_scanline, line = width_ * (cmyk() ? 4 : 3);
    std::uint8_t* const to = cmyk() ? inks_.data() : rgb;
    reader_.guarded([&, first, line, to] {
      while (info.output_scanline < first + count) {
        JSAMPROW pixels = to + (info.output_scanline - first) * line;
        jpeg_read_scanlines(&info, &pixels, 1);
      }
    });
    const std::int64_t read = info.output_scanline - first;
    if (profile_) {
      profile_->apply(inks_.data(), rgb, static_cast<std::size_t>(read * width_));
    } else if (cmyk()) {
      cmyk_to_rgb(inks_.data(), rgb, read * width_, inverted());
    }
    return read;
  }

 private:
  bool cmyk() const { return !inks_.empty(); }
  bool inverted() const { return reader_.info().saw_Adobe_marker != FALSE; }

  void open_profile() {
    using From = ColorTransform::From;
    auto opened = ColorTransform::open(reader_.icc(), inverted() ? From::kCmykInverted : From::kCmyk);
    if (opened) {
      profile_ = std::move(*opened);
    } else {
      complain(reader_.warning(), opened.error());
    }
  }

  JpegReader& reader_;
  std::int64_t width_;
  std::vector<std::uint8_t> inks_;  // [kRowsAtOnce][width][4], of CMYK
  std::optional<ColorTransform> profile_;
};

// Phones put more behind the picture on purpose: further pictures (MPF, Ultra HDR gain maps) and short films.
bool is_attachment(std::span<const std::byte> rest) { return matches(rest) || has_bytes(rest, 4, "ftyp"); }

void finish(JpegReader& reader, std::span<const std::byte> file, std::string& warning) {
  if (!reader.guarded([&] { jpeg_finish_decompress(&reader.info()); })) {
    complain(warning, fmt::format("damaged behind the picture: {}", reader.error()));
    return;
  }
  const std::size_t left = reader.left();
  if (!is_attachment(file.last(left))) complain_about_rest(warning, file, file.size() - left);
}

Result<DecodeReport> decode(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits,
                            PictureWriter& out) {
  JpegReader reader(file);
  DecodeReport report;
  PAW_ASSIGN_OR_RETURN(report.header, open(reader, where, limits));
  JpegRows rows(reader, report.header);
  PAW_RETURN_IF_ERROR(out.begin(report.header, report.header.cmyk ? std::span<const std::byte>() : reader.icc()));
  std::int64_t held = 0;
  bool whole = rows.start();
  while (whole && out.left() > 0) {
    const std::int64_t count = std::min(out.left(), kRowsAtOnce), first = report.header.height - out.left();
    std::uint8_t* rgb = out.room(count);
    const std::int64_t read = rows.read(rgb, count);
    whole = read == count;
    // What is held is known before a row without data comes out.
    held = std::min(reader.rows_held(), first + read);
    fill_missing({report.header.width, count, rgb}, held - first);
    out.take(count);
  }
  if (whole) {
    finish(reader, file, reader.warning());
  } else {
    // libjpeg gives up on few things behind the header: a broken marker between scans, missing tables.
    if (reader.info().output_scanline == 0) {
      return fail(ErrorCode::kBadData, where, fmt::format("a broken JPEG: {}", reader.error()));
    }
    complain(reader.warning(), reader.error());
    out.take_missing();
  }
  report.warning = reader.warning();
  PAW_RETURN_IF_ERROR(note_missing(report, held, where));
  return report;
}

}  // namespace

const Decoder kJpegDecoder = {
    .format = PhotoFormat::kJpeg, .name = "jpeg", .matches = matches, .header = header, .decode = decode};

}  // namespace paw
