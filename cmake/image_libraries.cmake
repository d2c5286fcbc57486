# The libraries that src/vision decodes photos with (docs/decisions/0011-image-decoding.md).
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(GIF REQUIRED)
find_library(PAW_WEBP webp REQUIRED)
find_library(PAW_WEBPDEMUX webpdemux REQUIRED)
find_library(PAW_HEIF heif REQUIRED)
find_library(PAW_LCMS2 lcms2 REQUIRED)
