#include "extract_support.h"
