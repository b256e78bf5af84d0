"""Words of the post's page: what a verifier says, for the page and for its script."""

from django.utils.translation import gettext as _


def reason_words(reason: str) -> str:
    """Why a pass does not count, as the guard may say it."""
    return _reasons().get(reason, _("不是有效凭证"))


def _reasons() -> dict[str, str]:
    return {
        "malformed": _("不是本系统的凭证，或没有扫全"),
        "not_canonical": _("凭证被改动过"),
        "unknown_algorithm": _("不是本系统的凭证"),
        "unknown_key": _("不是本县签发，或密钥未更新"),
        "bad_signature": _("签名不符，凭证是伪造的"),
        "key_out_of_period": _("签发密钥已停用"),
        "lifetime_too_long": _("有效期超出允许"),
        "not_yet_valid": _("签发时间在将来，请校准时钟"),
        "expired": _("已过期，请重新打开或打印"),
        "revoked": _("已作废：管控情况有变化，请重新打开"),
    }


def checkpoint_words() -> dict[str, object]:
    """What the page's script says."""
    return {
        "reasons": _reasons(),
        "colours": {"red": _("红码"), "yellow": _("黄码"), "green": _("绿码"), "none": _("没有或无效")},
        "levels": {"high": _("高风险区"), "medium": _("中风险区"), "low": _("低风险区")},
        "issued": _("签发于 {time}（{minutes} 分钟前），有效至 {until}"),
        "stale": _("吊销清单已过期，联网后请更新"),
        "unknown": _("没有吊销清单，联网后请更新"),
        "single": _("单采"),
        "pooled": _("{n}合1混采"),
        "fetched": _("数据更新于 {time}"),
        "never": _("还没有离线数据，请联网打开一次"),
        "old_list": _("风险地区清单已过期：第 {n} 版，{hours} 小时前核对"),
        "list": _("风险地区清单第 {n} 版，{hours} 小时前核对"),
        "no_list": _("没有风险地区清单"),
        "waiting": _("待上传 {n} 条"),
        "sent": _("已全部上传"),
        "kept": _("已记下，联网后自动上传"),
        "counted": _("放行，已计数"),
        "refused": _("被退回：{reason}"),
        "no_camera": _("打不开相机，请手工输入"),
        "not_read": _("没有读到二维码"),
        "offline": _("无网络"),
        "dismiss": _("知道了"),
    }


def phone_words() -> dict[str, object]:
    """What every page's script says."""
    return {
        "waiting": _("待上传 {n} 条"),
        "returned": _("被退回 {n} 条"),
        "login": _("请重新登录后上传"),
        "offline": _("无网络"),
        "full": _("手机存储将满：请尽快联网上传，或清理手机"),
    }


def sampling_words() -> dict[str, object]:
    """What the table's script says."""
    return {
        "never": _("还没有离线名单，请联网打开一次"),
        "standing": _("名单 {n} 人，{time} 更新"),
        "tube": _("管 {code}：{n}/{of} 人"),
        "count": _("本机已采 {n} 人"),
        "kept": _("已登记：{name}"),
        "not_kept": _("没有记下：手机存储已满或不可用，请先不要采样"),
        "full": _("管 {code} 已满 {n} 人，已封，请换新管"),
        "sealed": _("管 {code} 已封，{n} 人"),
        "tube_closed": _("管 {code} 已封，请换新管"),
        "no_tube": _("请先扫管码"),
        "twice": _("{name} 本轮已采样（管 {tube}）"),
        "done_before": _("{name} 本轮已采样"),
        "undo": _("撤销"),
        "undone": _("已撤销：{name}"),
        "pass_unknown": _("名单上没有这张凭证的人，请输入证件号"),
        "bad_number": _("证件号校验不符，请再核对"),
        "nobody": _("名单上没有这个姓名，请输入证件号"),
        "off_list": _("不在本点名单上（证件尾号 {tail}），请输入姓名"),
        "one_of": _("{name}（证件尾号 {tail}）"),
        "closed": _("已封待装 {n} 管：{codes}"),
        "nothing_to_pack": _("请扫箱码；并先封管"),
        "packed": _("箱 {box} 已装 {n} 管"),
        "no_camera": _("打不开相机，请手工输入"),
    }


def carrying_words() -> dict[str, object]:
    """What the script of boxes handed on says."""
    return {
        "box": _("扫箱码"),
        "tube": _("扫管码"),
        "count": _("{n} 管"),
        "twice": _("{code} 已扫过"),
        "remove": _("去掉"),
        "empty": _("箱 {code} 还没有扫管"),
        "nothing": _("还没有扫箱"),
        "done": _("已登记 {n} 箱"),
        "not_kept": _("没有记下：手机存储已满或不可用"),
        "no_camera": _("打不开相机，请手工输入"),
    }


def tasks_words() -> dict[str, object]:
    """What the script of today's tasks says."""
    return {
        "never": _("还没有离线名单，请联网打开一次"),
        "fetched": _("名单更新于 {time}，{until} 自动清除"),
        "nothing": _("现在没有待办。"),
        "due": _("{time} 前"),
        "yes": _("是"),
        "no": _("否"),
        "na": _("不适用"),
        "note": _("说明"),
        "again_at": _("什么时候再来"),
        "send": _("上报"),
        "well": _("无不适，记录"),
        "unwell": _("有症状，立即上报"),
        "celsius": _("体温（℃）"),
        "kept": _("已记下：{title}"),
        "not_kept": _("没有记下：手机存储已满或不可用，请记在纸上"),
        "not_kept_photos": _("没有记下：手机存储可能已满，请去掉照片再报，或记在纸上"),
        "photo": _("照片（最多 {n} 张，存前先缩小）"),
        "photo_too_big": _("照片超过 4 MB，手机缩不小：请换一张，或去掉再报"),
        "kept_with": _("已记下：{title}，照片 {n} 张"),
    }


def outbox_words() -> dict[str, object]:
    """What the page of what waits says; the verbs are those a phone keeps without a network."""
    return {
        "summary": _("待上传 {waiting} 条，被退回 {refused} 条"),
        "waits": _("待上传"),
        "refused": _("被退回：{reason}"),
        "again": _("再上传一次"),
        "kilobytes": _("{n} KB"),
        "with_act": _("待上传，随所属记录一起"),
        "photos_stay": _("{n} 张照片不走二维码：留在本机，联网后补上，或用加密文件转。"),
        "only_photos": _("只剩照片，二维码放不下：请用加密文件转"),
        "dismiss": _("知道了，删除"),
        "sure": _("删除后无法恢复，确定吗？"),
        "saved": _("已存成文件；对方上传后，本机再上传也只算一次"),
        "taken_in": _("读入 {n} 条"),
        "not_taken_in": _("读不了：不是待上传文件，或口令不对"),
        "too_short": _("口令至少8位"),
        "nothing": _("没有待上传的记录，不用转"),
        "show": _("出示二维码"),
        "read": _("扫对方二维码"),
        "stop": _("停"),
        "shown": _("共 {of} 张，循环出示；让对方扫到读完为止。对方上传后，本机再上传也只算一次。"),
        "reading": _("已读 {n}/{of} 张，顺序不限，对准即可"),
        "aim": _("对准对方屏幕上的二维码"),
        "wrong_words": _("已读完，但口令不对：改好口令，再点“扫对方二维码”，不用重扫"),
        "wrong_again": _("口令还是不对：请对方重新出示，再扫一次"),
        "spoilt": _("读到的内容不完整，请对方重新出示，再扫一次"),
        "too_many": _("待上传的太多，二维码放不下：请用加密文件转"),
        "no_pictures": _("画不出二维码：请用加密文件转"),
        "no_camera": _("打不开相机：请允许使用相机，或用加密文件转"),
        "why": {"offline": _("无网络"), "login": _("请重新登录后上传"), "busy": _("平台繁忙，稍后自动再传")},
        "verbs": {
            "draw_swab": _("采样登记"),
            "close_tube": _("封管"),
            "undo_swab": _("撤销采样"),
            "pack_box": _("装箱"),
            "hand_over": _("提走样本箱"),
            "receive_box": _("实验室收箱"),
            "report_visit": _("走访"),
            "record_check": _("登记检查"),
            "fill_checklist": _("检查表"),
            "report_unannounced": _("突击核查"),
            "assess_home": _("居家条件评估"),
            "add_proof": _("照片"),
            "count_crossings": _("放行计数"),
            "record_stop": _("卡口拦停"),
        },
    }
