/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The one header programs include. It opens every other header and declares nothing itself.
 * Outside it stay glib-unix.h (descriptors and pipes) and glib/gstdio.h (files), which programs
 * include by name. Read glib/gmain.h for the main loop.
 */
#ifndef __G_LIB_H__
#define __G_LIB_H__

#define __GLIB_H_INSIDE__

#include <glib/garray.h>
#include <glib/gatomic.h>
#include <glib/gbytes.h>
#include <glib/gcharset.h>
#include <glib/gconvert.h>
#include <glib/gdir.h>
#include <glib/genviron.h>
#include <glib/gerror.h>
#include <glib/gfileutils.h>
#include <glib/ghash.h>
#include <glib/giochannel.h>
#include <glib/glist.h>
#include <glib/gmacros.h>
#include <glib/gmain.h>
#include <glib/gmem.h>
#include <glib/gmessages.h>
#include <glib/goption.h>
#include <glib/gpoll.h>
#include <glib/gqsort.h>
#include <glib/gquark.h>
#include <glib/gqueue.h>
#include <glib/grcbox.h>
#include <glib/grefcount.h>
#include <glib/grefstring.h>
#include <glib/gslice.h>
#include <glib/gslist.h>
#include <glib/gstrfuncs.h>
#include <glib/gstring.h>
#include <glib/gstrvbuilder.h>
#include <glib/gtestutils.h>
#include <glib/gthread.h>
#include <glib/gtimer.h>
#include <glib/gtypes.h>
#include <glib/gunicode.h>
#include <glib/gutils.h>
#include <glib/gversion.h>
#include <glib/gversionmacros.h>

#include <glib/deprecated/gmain.h>

#include <glib/glib-autocleanups.h>

#undef __GLIB_H_INSIDE__

#endif /* __G_LIB_H__ */
