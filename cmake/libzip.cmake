# libzip as libzip::zip. Its own package file, as Debian ships it, asks for libzip's command line tools, which are another
# package; this one asks for header and library only.
find_path(LIBZIP_INCLUDE_DIR zip.h REQUIRED)
find_library(LIBZIP_LIBRARY zip REQUIRED)
add_library(libzip::zip UNKNOWN IMPORTED)
set_target_properties(libzip::zip PROPERTIES IMPORTED_LOCATION ${LIBZIP_LIBRARY}
                                             INTERFACE_INCLUDE_DIRECTORIES ${LIBZIP_INCLUDE_DIR})
